"""`manage.py test` is pytest: one suite, one result, one exit code."""

from argparse import ArgumentParser
from typing import Any

import pytest


class PytestRunner:
    """Hands Django's test command over to pytest."""

    def __init__(
        self,
        *,
        verbosity: int = 1,
        failfast: bool = False,
        keepdb: bool = False,
        patterns: list[str] | None = None,
        **_options: Any,
    ) -> None:
        flags = {-1: ["--quiet"], 0: [], 1: ["--verbose"], 2: ["-vv"]}[verbosity - 1]
        self.arguments = [
            *flags,
            *(["--exitfirst"] if failfast else []),
            "--reuse-db" if keepdb else "--create-db",
            *(word for pattern in patterns or [] for word in ("-k", pattern)),
        ]

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keepdb", action="store_true", help="Keep the test database."
        )
        parser.add_argument(
            "-k",
            action="append",
            dest="patterns",
            metavar="EXPRESSION",
            help="Run only tests whose names match, as pytest's -k.",
        )

    def run_tests(self, labels: list[str], **_options: Any) -> int:
        """Run the tests at `labels` (all without any); 0 if they passed."""
        return int(pytest.main([*self.arguments, *labels]))
