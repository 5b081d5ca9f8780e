"""How the commands that carry data speak: a bar, one sentence, an exit status."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError
from tqdm import tqdm

from project.transport import TransportError

INTERRUPTED = 130  # as a shell says it of Ctrl-C


def follow(
    steps: Generator[int, None, None], *, total: int, unit: str, label: str
) -> int:
    """Run `steps` to their end under a bar; returns their sum."""
    number = 0
    # No bar where nobody looks at a terminal.
    with (
        closing(steps),
        tqdm(
            desc=label,
            total=total,
            unit=unit,
            unit_scale=True,
            disable=None,
            leave=False,
        ) as bar,
    ):
        for step in steps:
            number += step
            bar.update(step)
    return number


@contextmanager
def in_words(*, interrupted: str) -> Iterator[None]:
    """Turn what stops a command into one sentence and an exit status."""
    try:
        yield
    except (TransportError, OSError) as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError(f"The database refused: {error}") from error
    except KeyboardInterrupt:
        raise CommandError(interrupted, returncode=INTERRUPTED) from None
