"""Feed damaged files to the readers of certificates until the time is over.

    python -m scripts.fuzz SECONDS

Guided by coverage where atheris has a wheel, else blind. What was found interesting is
kept in var/fuzz/corpus and is where the next run begins; an input that breaks a reader
is left in var/fuzz with its traceback on the terminal, and the exit status is not 0.
"""

import random
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path

try:
    import atheris
except ImportError:
    atheris = None

with atheris.instrument_imports(include=["certs.pki"]) if atheris else nullcontext():
    from certs.pki import x509

from certs.tests.pki.seeds import seeds

FOLDER = Path("var/fuzz")
CORPUS = FOLDER / "corpus"
LONGEST = 16_384  # octets of an input
SLOWEST = 20  # seconds for one of them, on a busy machine
MEMORY = 1_024  # MiB


def check(data: bytes) -> None:
    """Read `data` in every way; nothing but the documented error may come of it."""
    for read in (x509.parse_der, x509.parse_certificates, _with_password):
        with suppress(x509.InvalidCertificateError):
            found = read(data)
            if not found:
                raise AssertionError("There is neither a certificate nor an error.")
            repr(found)  # every field can be shown


def _with_password(data: bytes) -> tuple[x509.ParsedCertificate, ...]:
    return x509.read_file(data, password="secret").certificates  # noqa: S106 - a seed's


def guided(seconds: int) -> None:
    """Let atheris choose the inputs; it ends the process."""
    options = (
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MEMORY}",
        f"-artifact_prefix={FOLDER}/",
        "-print_final_stats=1",
        "-verbosity=0",
    )
    atheris.Setup([sys.argv[0], *options, str(CORPUS)], check)
    atheris.Fuzz()


def blind(seconds: int) -> None:
    """Damage the corpus at random, without knowing what that reaches."""
    chance = random.Random()  # noqa: S311 - no secret
    inputs = [path.read_bytes() for path in sorted(CORPUS.iterdir())]
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        octets = bytearray(chance.choice(inputs))
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(octets) + 1)
            octets[place : place + chance.randint(0, 4)] = chance.randbytes(
                chance.randint(0, 4)
            )
        try:
            check(bytes(octets))
        except BaseException:
            (FOLDER / "crash").write_bytes(octets)
            raise
        count += 1
    sys.stdout.write(f"{count:,} inputs, no crash\n")


def main() -> None:
    """Write the seeds that are not there, and begin."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (CORPUS / name).write_bytes(data)
    (guided if atheris else blind)(int(sys.argv[1]))


if __name__ == "__main__":
    main()
