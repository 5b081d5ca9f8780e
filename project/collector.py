"""What a process that stays asks of Python's collector of cycles."""

import gc

# Containers made and not let go of, between two looks at the youngest. With Python's
# own 700 a worker looks every twelve checks.
YOUNG = 10_000


def settle() -> None:
    """Spare what is loaded by now, which stays; look at what is young less often.

    To go through all that is loaded for what could go takes 100 ms each time, in the
    middle of a request, and a sixteenth of the time that checks take.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
