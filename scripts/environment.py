"""Makes .venv with pip in it, whatever Python it is run by; needs no root.

Debian and Ubuntu ship Python without ensurepip (it is in the package python3-venv),
and then the standard way ends in an error. Here pip itself is fetched from PyPI
instead, and taken only if its hash is the expected one.
"""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.request import urlopen

TARGET = Path(".venv")
OLDEST = (3, 11)
PIP = (
    "https://files.pythonhosted.org/packages/07/25/"
    "ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/"
    "pip-26.3-py3-none-any.whl"
)
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
TIMEOUT = 60  # seconds


def main() -> None:
    """Make the environment, or say in one line why not."""
    if sys.version_info < OLDEST:
        sys.exit("Python 3.11 or newer is needed; name it with make PYTHON=…")
    if importlib.util.find_spec("ensurepip"):
        venv.create(TARGET, with_pip=True, clear=True)
        return
    venv.create(TARGET, clear=True)
    with tempfile.TemporaryDirectory() as directory:
        try:
            wheel = fetch(Path(directory))
        except OSError as error:
            sys.exit(f"pip cannot be fetched: {error}\nOr: apt install python3-venv")
        subprocess.run(  # noqa: S603 - our own interpreter and the checked wheel
            [TARGET / "bin" / "python", f"{wheel}/pip", "install", "--quiet", wheel],
            check=True,
        )


def fetch(directory: Path) -> Path:
    """Return pip's wheel, from PyPI. Raises OSError when it is not the expected one."""
    with urlopen(PIP, timeout=TIMEOUT) as answer:
        content: bytes = answer.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        raise OSError(f"{PIP} is not the file it should be.")
    wheel = directory / PIP.rpartition("/")[2]
    wheel.write_bytes(content)
    return wheel


if __name__ == "__main__":
    main()
