import os
import subprocess
import sys
from pathlib import Path

import pytest

from project.collector import YOUNG

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = "import project.wsgi"
WORKER = (
    "import project.celery; from celery.signals import worker_ready;"
    "worker_ready.send(sender=None)"
)


@pytest.mark.parametrize("start", [SITE, WORKER], ids=["site", "worker"])
def test_what_is_loaded_at_the_start_is_not_gone_through_again(start, tmp_path):
    counts = "gc.get_freeze_count() > len(gc.get_objects()), gc.get_threshold()[0]"

    told = run(f"import gc; {start}; print({counts})", tmp_path)

    assert told == f"True {YOUNG}"


def test_the_site_reads_its_urls_at_the_start_and_not_for_the_first_visitor(tmp_path):
    assert run(f"{SITE}, sys; print('project.urls' in sys.modules)", tmp_path) == "True"


def run(code, folder):
    environment = {
        "PATH": os.environ["PATH"],
        "CERTDESK_ENV_FILE": os.devnull,
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "STATIC_ROOT": str(folder),
    }
    command = [sys.executable, "-c", code]
    told = subprocess.check_output(command, cwd=ROOT, env=environment, text=True)
    return told.strip()
