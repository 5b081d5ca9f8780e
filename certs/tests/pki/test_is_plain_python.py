"""The core is usable without Django."""

import subprocess
import sys
from pathlib import Path

import certs.pki

IMPORT_ALL = """
import importlib, pkgutil, sys
import certs.pki
for module in pkgutil.walk_packages(certs.pki.__path__, "certs.pki."):
    importlib.import_module(module.name)
print(sum(name.startswith("certs.pki.") for name in sys.modules))
print([name for name in sys.modules if name.partition(".")[0] == "django"])
"""


def test_no_module_of_the_core_imports_django():
    root = Path(certs.pki.__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )

    modules, django = done.stdout.splitlines()
    assert int(modules) > 20
    assert django == "[]"
