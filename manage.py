#!/usr/bin/env python
"""Django's command line for Certdesk."""

import os
import sys

from django.core.management import execute_from_command_line

from project.env import ConfigurationError


def main() -> None:
    """Run one command; a wrong setting is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"certdesk: {error}")


if __name__ == "__main__":
    main()
