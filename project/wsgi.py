"""What gunicorn serves."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from project.env import ConfigurationError

FAILED_TO_BOOT = 3  # gunicorn then gives up instead of trying for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

try:
    application = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018 - read now, not for the first visitor
except ConfigurationError as error:
    sys.stderr.write(f"certdesk: {error}\n")
    sys.exit(FAILED_TO_BOOT)

# What is loaded by now stays. To look through it again and again for what could go
# takes 100 ms each time, in the middle of a request.
gc.collect()
gc.freeze()
