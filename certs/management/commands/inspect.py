"""Look at a file or a server without an inventory."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certs.management import reporting
from certs.management.arguments import seconds
from certs.management.terminal import printable
from certs.pki import hostnames, report, roots, starttls
from certs.pki.addresses import InvalidAddressError, parse_address
from certs.pki.findings import Severity
from certs.pki.report import Report
from certs.pki.roots import TrustStore
from certs.pki.starttls import StartTLS
from certs.pki.target import Target
from certs.pki.x509 import (
    MAX_BYTES,
    FileContents,
    InvalidCertificateError,
    read_file,
)

USAGE = 2
ATTENTION = 1
DEFAULT_PORT = 443
BY_PORT = "by-port"
# No top-level domain is called so: who asks for one of these means a file.
SUFFIXES = (".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".p12", ".pfx", ".jks")
BAD = (Severity.CRITICAL, Severity.WARNING)
# What means something for a server alone, and for a file alone, with its default.
FOR_A_SERVER = {
    "deep": False,
    "starttls": BY_PORT,
    "server_name": "",
    "every_node": False,
}
FOR_A_FILE = {"password": False}


class Command(BaseCommand):
    """What the pages say of an endpoint, for any file or server; stores nothing."""

    help = (
        "Print what a file with certificates or a server shows: trust, findings and "
        "grade. Needs no database. "
        "Exit status: 0 all is well, 1 something needs attention, 2 usage error."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            metavar="FILE|HOST[:PORT]",
            help="a file (- reads standard input), or where a server is",
        )
        parser.add_argument(
            "--deep",
            action="store_true",
            help="ask the server for everything it offers, in at most 40 connections",
        )
        parser.add_argument(
            "--starttls",
            choices=["no", *(each.value for each in StartTLS if each.value)],
            default=BY_PORT,
            metavar="PROTOCOL",
            help="before TLS: %(choices)s; as usual on the port if not given",
        )
        parser.add_argument(
            "--server-name", default="", metavar="NAME", help="the name to ask for"
        )
        parser.add_argument(
            "--every-node", action="store_true", help="at each address of the name"
        )
        parser.add_argument(
            "--trust",
            action="append",
            default=[],
            metavar="FILE",
            help="trust the roots in this file as well; may be given again",
        )
        parser.add_argument(
            "--password", action="store_true", help="ask for the password of the file"
        )
        parser.add_argument(
            "--timeout",
            type=seconds,
            default=settings.CHECK_TIMEOUT,
            metavar="SECONDS",
            help="for each connection, 1 to 60; %(default)s if not given",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, no text")

    def handle(self, *, what: str, **options: Any) -> None:
        is_file = _is_file(what)
        _refuse(what, options, FOR_A_SERVER if is_file else FOR_A_FILE)
        now = timezone.localtime()
        stores = [roots.certifi_store(), *map(_store, options["trust"])]
        notes: list[str] = []
        is_odd = False
        if is_file:
            contents = _contents(what, ask=options["password"])
            read = contents.certificates
            reports = [report.of_certificates(read, stores=stores, now=now)]
            notes += filter(None, [contents.left_out, *contents.problems])
            is_odd = bool(contents.problems)
        else:
            reports = self._of_server(what, stores=stores, now=now, **options)
        if options["json"]:
            facts = [reporting.facts(each) for each in reports]
            self.stdout.write(json.dumps(facts, indent=2))
            self.stderr.writelines(f"{printable(note)}\n" for note in notes)
        else:
            texts = (
                line for each in reports for line in reporting.lines(each, now=now)
            )
            self.stdout.writelines(f"{line}\n" for line in texts)
            self.stdout.writelines(f"{printable(note)}\n" for note in notes)
        if is_odd or any(_is_bad(each) for each in reports):
            raise SystemExit(ATTENTION)

    @staticmethod
    def _of_server(
        what: str, *, stores: list[TrustStore], now: datetime, **options: Any
    ) -> list[Report]:
        try:
            address = parse_address(what)
            port = address.port or DEFAULT_PORT
            name = options["server_name"]
            target = Target(
                host=address.host,
                port=port,
                server_name=hostnames.to_ascii(name) if name else "",
                starttls=_protocol(options["starttls"], port),
                every_node=options["every_node"],
            )
        except hostnames.InvalidHostError as error:
            message = f"--server-name {name!r}: {error}"
            raise CommandError(message, returncode=USAGE) from error
        except InvalidAddressError as error:
            message = f"{what!r} is no file, and as a server: {error}"
            raise CommandError(message, returncode=USAGE) from error
        return report.of_server(
            target,
            stores=stores,
            now=now,
            timeout=options["timeout"],
            guard=settings.CHECK_GUARD,
            is_deep=options["deep"],
        )


def _is_file(what: str) -> bool:
    """Whether a file is meant: it is there, or could be nothing else.

    Pipes are files here, and directories are not: one may be named as a host is.
    """
    if what == "-" or what.startswith((".", "/")):
        return True
    if what.lower().endswith(SUFFIXES) and "://" not in what:
        return True
    path = Path(what)
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return False


def _refuse(what: str, options: dict[str, Any], useless: dict[str, Any]) -> None:
    """Raise CommandError for the first option that would be ignored."""
    for name, default in useless.items():
        if options[name] != default:
            kind = "server" if useless is FOR_A_SERVER else "file"
            option = name.replace("_", "-")
            message = f"--{option} is for a {kind}, which {printable(what)} is not."
            raise CommandError(message, returncode=USAGE)


def _protocol(chosen: str, port: int) -> StartTLS:
    if chosen == BY_PORT:
        return starttls.guess(port)
    return StartTLS.NONE if chosen == "no" else StartTLS(chosen)


def _store(name: str) -> TrustStore:
    """Return the roots of a file as a store of the file's name: all or none."""
    contents = _contents(name, ask=False)
    if contents.problems:
        message = f"{printable(name)}: {contents.problems[0]}"
        raise CommandError(message, returncode=USAGE)
    ders = tuple(each.der for each in contents.certificates)
    return TrustStore(name=Path(name).name, roots=ders)


def _contents(name: str, *, ask: bool) -> FileContents:
    """Return what a file holds; an error names the file."""
    shown = printable(name)
    try:
        password = getpass(f"Password of {shown}: ") if ask else ""
        if name == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        return read_file(data, password=password)
    except EOFError as error:
        message = f"{shown}: no password was given."
        raise CommandError(message, returncode=USAGE) from error
    except OSError as error:
        message = f"{shown}: {error.strerror}."
        raise CommandError(message, returncode=USAGE) from error
    except InvalidCertificateError as error:
        raise CommandError(f"{shown}: {error}", returncode=USAGE) from error


def _is_bad(each: Report) -> bool:
    return bool(each.error) or any(found.severity in BAD for found in each.findings)
