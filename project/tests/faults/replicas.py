"""A replica set of a test's own, whose primary steps down or is killed."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress

from pymongo import MongoClient
from pymongo.errors import AutoReconnect

from project.tests.faults.servers import LIMIT, ROOT, free_port


class ReplicaSet:
    """Three mongods; one of them is the primary, until it is not."""

    def __init__(self, directory):
        ours = ROOT / "var" / "services" / "mongod" / "mongod"
        self._mongod = os.environ.get("MONGOD") or shutil.which("mongod") or ours
        ports = [free_port() for _ in range(3)]
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        options = "replicaSet=faults&retryWrites=true&serverSelectionTimeoutMS=2000"
        self.url = f"mongodb://{hosts}/faults?{options}"
        self._nodes = {port: self._start(directory / str(port), port) for port in ports}
        self._initiate()

    def step_down(self):
        """Let the primary hand over; the others elect another one."""
        with self._client(self._primary()) as client, suppress(AutoReconnect):
            client.admin.command("replSetStepDown", 10, force=True)

    def kill(self):
        """Kill the primary, as a power failure would."""
        node = self._nodes[self._primary()]
        node.kill()
        node.wait(LIMIT)

    def stop(self):
        """End what is left."""
        for node in self._nodes.values():
            node.kill()
            node.wait(LIMIT)

    def _start(self, data, port):
        data.mkdir()
        words = f"--port {port} --bind_ip 127.0.0.1 --replSet faults --nounixsocket"
        words += " --wiredTigerCacheSizeGB 0.25 --oplogSize 64 --quiet"
        words += " --setParameter diagnosticDataCollectionEnabled=false"
        log = data / "log"
        return subprocess.Popen(
            [self._mongod, "--dbpath", data, "--logpath", log, *words.split()],
            stdout=subprocess.DEVNULL,
        )

    def _initiate(self):
        config = {
            "_id": "faults",
            "members": [
                {"_id": number, "host": f"127.0.0.1:{port}"}
                for number, port in enumerate(self._nodes)
            ],
            "settings": {"electionTimeoutMillis": 1000},
            "writeConcernMajorityJournalDefault": False,
        }
        for port in self._nodes:
            with self._client(port) as client:
                client.admin.command("ping")  # waits until it is up
        with self._client(port) as client:
            client.admin.command("replSetInitiate", config)
        self._primary()

    def _primary(self):
        """Wait until there is one; returns its port."""
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            for port, node in self._nodes.items():
                if node.poll() is not None:
                    continue
                with self._client(port) as client, suppress(AutoReconnect):
                    if client.admin.command("hello")["isWritablePrimary"]:
                        return port
            time.sleep(0.05)
        raise TimeoutError("no primary")

    def _client(self, port):
        return MongoClient("127.0.0.1", port, directConnection=True)


@contextmanager
def replica_set(directory):
    servers = ReplicaSet(directory)
    try:
        yield servers
    finally:
        servers.stop()
