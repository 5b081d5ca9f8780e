"""What compares MongoDB engines is collected where the suite runs on MongoDB."""

from django.conf import settings

ENGINE = settings.DATABASES["default"]["ENGINE"]
collect_ignore = [] if ENGINE == "project.mongo" else ["test_stock.py"]
