"""A site's workers and scheduler as processes, and the servers that they check."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from certs.pki.demo.background import Servers, bind
from certs.pki.demo.servers import make_context, speak_tls
from certs.tests.pki.programs import program
from project.tests.faults.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LEASE = 5  # seconds
DELAY = 0.05  # seconds that a server thinks
FILL = """
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from accounts.models import User
from certs.models import Contact, Endpoint, Job, Policy
from certs.services.work import jobs, selection

call_command("migrate", verbosity=0)
now = timezone.now()
later = now + timedelta(days=1)
Policy.objects.update(from_hour=0, until_hour=24)  # whenever this runs
contacts = [Contact(email=f"p{{n}}@example.org") for n in range({contacts})]
Contact.objects.bulk_create(contacts)
endpoints = [
    Endpoint(host=host, port={port}, next_deep_check_at=later) for host in {hosts}
]
Endpoint.objects.bulk_create(endpoints)
Told = Endpoint.contacts.through
Told.objects.bulk_create(
    Told(endpoint=endpoint, contact=contacts[n % len(contacts)])
    for n, endpoint in enumerate(endpoints)
)
root = User.objects.create(username="root", email="r@example.org", is_superuser=True)
some = selection.of_keys(endpoint.pk for endpoint in endpoints[::5])
jobs.ask(Job.Kind.CHECK, user=root, arguments=some, now=now)
jobs.ask(Job.Kind.EXPORT, user=root, arguments=selection.of_list({{}}), now=now)
"""
STATE = """
import json, time
from django.utils import timezone
from certs.models import Endpoint, Job, Letter, Notice, Observation

def left():
    rows = Endpoint.objects.filter(next_check_at__lte=timezone.now())
    told = Notice.objects.filter(state="sent").count()
    return {{
        "due": rows.count(),
        "held": Endpoint.objects.exclude(check_claim=None).count(),
        "jobs": Job.objects.exclude(state="done").count(),
        "untold": {endpoints} - told,
        "letters": Letter.objects.exclude(state="sent").count(),
    }}

limit = time.monotonic() + {seconds}
while any(left().values()) and time.monotonic() < limit:
    time.sleep(0.2)
up = Endpoint.objects.filter(status="up").count()
print(json.dumps({{**left(), "up": up, "runs": Observation.objects.count()}}))
"""


class Counting:
    """A TLS server on all of 127.0.0.0/8 that counts who is asked, and how often."""

    def __init__(self, identity):
        self.asked: Counter[str] = Counter()
        self.open: Counter[str] = Counter()
        self.twice: set[str] = set()
        self._speak = speak_tls(make_context(identity))

    async def handle(self, connection):
        place = connection.getsockname()[0]
        self.asked[place] += 1
        self.open[place] += 1
        if self.open[place] > 1:
            self.twice.add(place)
        try:
            await asyncio.sleep(DELAY)
            await self._speak(connection)
        finally:
            self.open[place] -= 1

    @contextmanager
    def serving(self):
        with bind("0.0.0.0", 0) as bound, Servers([(bound, self.handle)]):  # noqa: S104
            yield bound.getsockname()[1]


class Site:
    """Processes with a database and a broker of their own."""

    def __init__(self, directory, *, database, broker, mail_port):
        self._log = directory / "log"
        self._environment = {
            **os.environ,
            "CERTDESK_ENV_FILE": os.devnull,
            "DATABASE_URL": database,
            "BROKER_URL": broker,
            "CACHE_URL": f"file:///{directory / 'cache'}",
            "WORK_LEASE": str(LEASE),
            "CHECK_CONCURRENCY": "20",
            "EXPORT_DIR": str(directory / "exports"),
            "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "LOG_LEVEL": "WARNING",
        }
        self.processes = {}

    def manage(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def fill(self, hosts, *, port, contacts):
        code = FILL.format(hosts=hosts, port=port, contacts=contacts)
        self.manage("shell", "-v0", "-c", code)

    def settled(self, *, endpoints, seconds):
        """How it stands when all was done and told, or time is over."""
        code = STATE.format(endpoints=endpoints, seconds=seconds)
        return json.loads(self.manage("shell", "-v0", "-c", code))

    def start(self, name):
        command = (
            ["beat"]
            if name == "scheduler"
            else ["worker", "--pool=threads", "--concurrency=2", f"-n{name}@%h"]
        )
        with self._log.open("a") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "project.tests.work.launch", *command],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self, name):
        """As `kill -9` does: nothing can be tidied up."""
        self.processes[name].kill()
        self.processes[name].wait()

    def end(self):
        for process in self.processes.values():
            process.kill()
            process.wait()

    @property
    def log(self):
        return self._log.read_text()


@contextmanager
def redis():
    """A Redis of the test's own."""
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--save", ""]
    process = subprocess.Popen(
        [*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def wait_for(truth, *, site, seconds):
    limit = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < limit, site.log[-5000:]
        time.sleep(0.05)
