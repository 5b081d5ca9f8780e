#!/usr/bin/env python
"""Django's command line for Certdesk."""

import os
import sys

from django.core.management import execute_from_command_line

from project.env import ConfigurationError

INTERRUPTED = 130  # as shells say it: 128 and the number of SIGINT


def main() -> None:
    """Run one command; a wrong setting and Ctrl-C are one line, no traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"certdesk: {error}")
    except KeyboardInterrupt:
        sys.stderr.write("certdesk: interrupted; what was written stays.\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
