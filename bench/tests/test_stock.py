import subprocess
import sys

from bench.engines import ROOT
from project.tests.fresh import fresh_url


def test_the_stock_backend_finds_the_same_rows(tmp_path):
    options = ["--sizes=60", "--repeat=1"]

    with fresh_url(tmp_path) as url:
        done = subprocess.run(
            [sys.executable, "-m", "bench", "scale", *options, f"--url={url}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert "- the same rows: all" in done.stdout
    assert "| list, tags prefetched |  | NotSupportedError |" in done.stdout
