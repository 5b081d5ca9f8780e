"""The regular duties and how often each is to be done.

Plain Python: the scheduler's list in project/schedule.py is made of it, too.
"""

from datetime import timedelta

CHECKS = "checks"
DEEP_CHECKS = "deep-checks"
WARNINGS = "warnings"
LETTERS = "letters"
RETENTION = "retention"
REPORT = "report"
REVOCATION = "revocation-lists"

CACHE_KEY = "work-standstill"  # what pages know of what is late

EVERY = {
    CHECKS: timedelta(minutes=1),
    DEEP_CHECKS: timedelta(minutes=10),
    WARNINGS: timedelta(minutes=15),
    LETTERS: timedelta(minutes=1),
    RETENTION: timedelta(days=1),
    REPORT: timedelta(days=7),
    REVOCATION: timedelta(minutes=10),
}
