"""What gunicorn serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from project.env import ConfigurationError

FAILED_TO_BOOT = 3  # gunicorn then gives up instead of trying for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

try:
    application = get_wsgi_application()
except ConfigurationError as error:
    sys.stderr.write(f"certdesk: {error}\n")
    sys.exit(FAILED_TO_BOOT)
