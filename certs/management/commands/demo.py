"""The demo fleet: real TLS servers on this machine, registered and checked."""

import signal
import threading
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Team
from certs.models import NEEDS_ATTENTION, Endpoint, TrustStore
from certs.pki.demo.fleet import Fleet, Member
from certs.pki.x509 import parse_der
from certs.services import inventory, probing, trust, watch

TRUST_STORE = "Demo Trust"
TIMEOUT = 2  # seconds; the fleet is near, and one of it never answers


class Command(BaseCommand):
    """Serves the fleet until Ctrl-C."""

    help = (
        "Start about 40 TLS servers on 127.0.0.0/8, each with something right or wrong "
        "about its certificate, register them as endpoints and check them. Serves "
        "until Ctrl-C; the certificates are new each time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--exit",
            action="store_true",
            help="stop after the check instead of serving",
        )

    def handle(self, **options: Any) -> None:
        now = timezone.localtime()
        done = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: done.set())
        try:
            with Fleet(now) as fleet:
                believe(fleet, now=now)
                endpoints = [register(member) for member in fleet.members]
                checked = list(
                    watch.observe(
                        endpoints, now=now, probe=probing.default_probe(timeout=TIMEOUT)
                    )
                )
                bad = sum(e.health(now) in NEEDS_ATTENTION for e in checked)
                self.stdout.write(
                    f"The demo fleet is up: {len(checked)} endpoints, "
                    f"{bad} in need of attention."
                )
                self.stdout.flush()  # another process may be waiting for this line
                if not options["exit"]:
                    done.wait()
        except OSError as error:
            raise CommandError(f"The demo fleet cannot start: {error}") from error
        except KeyboardInterrupt:
            self.stdout.write("The demo fleet stops.")


def believe(fleet: Fleet, *, now: datetime) -> None:
    """Trust the roots of the fleet of today, and no longer those of earlier ones."""
    store, _ = TrustStore.objects.get_or_create(name=TRUST_STORE)
    store.roots.all().delete()
    trust.add_roots(store, map(parse_der, fleet.roots), user=None, now=now)


def register(member: Member) -> Endpoint:
    """Return the endpoint of `member`; made if it is new, else as people left it."""
    team, _ = Team.objects.get_or_create(
        slug=member.team.lower().replace(" ", "-"), defaults={"name": member.team}
    )
    known = Endpoint.objects.filter(host=member.host, port=member.port).first()
    if known is not None:
        return known
    return inventory.save_endpoint(
        Endpoint(
            host=member.host,
            port=member.port,
            starttls=member.starttls.value,
            address_mode=Endpoint.AddressMode.LISTED,
            addresses=(member.address,),
            team=team,
            environment=member.environment,
            notes=member.note,
        ),
        contacts=[member.contact],
        tags=member.tags,
    )
