#!/usr/bin/env python
"""Django's command line for Certdesk."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError

from accounts import origin
from project.env import ConfigurationError
from project.outage import outage_behind

INTERRUPTED = 130  # as shells say it: 128 and the number of SIGINT
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


def main() -> None:
    """Run one command; a wrong setting, Ctrl-C and an outage are one line each."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    try:
        with _deaf_at_the_end(), origin.by_command():
            execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"certdesk: {error}")
    except KeyboardInterrupt:
        sys.stderr.write("certdesk: interrupted; what was written stays.\n")
        sys.exit(INTERRUPTED)
    except (InterfaceError, OperationalError) as error:
        if outage_behind(error) is None or "--traceback" in sys.argv:
            raise
        sys.stderr.write(f"certdesk: the database does not answer: {error}\n")
        sys.exit(TRY_AGAIN)


@contextmanager
def _deaf_at_the_end() -> Iterator[None]:
    try:
        yield
    finally:  # who presses Ctrl-C again must not change how it ends
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
