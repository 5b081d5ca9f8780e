import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_ctrl_c_ends_a_command_with_one_line(fleet, tmp_path):
    silent = next(each for each in fleet.members if each.name == "never-answers")
    where = f"{silent.address}:{silent.port}"
    command = subprocess.Popen(
        [sys.executable, "manage.py", "observe", "--once", where],
        cwd=ROOT,
        env={
            **os.environ,
            "CHECK_TIMEOUT": "60",
            "LOG_LEVEL": "DEBUG",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stderr is not None
    for line in command.stderr:  # its event loop has begun
        if "selector" in line:
            break
    time.sleep(0.2)

    command.send_signal(signal.SIGINT)

    _, errors = command.communicate(timeout=30)
    assert command.returncode == 130
    assert "certdesk: interrupted" in errors
    assert "Traceback" not in errors
