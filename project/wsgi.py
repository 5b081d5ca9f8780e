"""What gunicorn serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from project import collector
from project.env import ConfigurationError

FAILED_TO_BOOT = 3  # gunicorn then gives up instead of trying for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

try:
    application = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018 - read now, not for the first visitor
except ConfigurationError as error:
    sys.stderr.write(f"certdesk: {error}\n")
    sys.exit(FAILED_TO_BOOT)

collector.settle()
