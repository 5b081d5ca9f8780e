"""A cache in a folder that counts rightly, whichever process asks."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

SWEEP = 100  # one write in so many looks for what is over


class FolderCache(FileBasedCache):
    """Django's, but `add` lets one of several win, and what still counts is kept.

    Limits on tries take turns by `add`: in Django's own two processes may both win, and
    then tries are lost. And beyond 300 entries Django's throws away any third of them:
    whoever tries a few hundred names would wipe the counts of all others.
    """

    # Django's own, which its types leave out.
    _key_to_file: Callable[[Any, int | None], str]
    _write_content: Callable[[IO[bytes], float | None, Any], None]
    _list_cache_files: Callable[[], list[str]]
    _is_expired: Callable[[IO[bytes]], bool]

    def add(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        if self.has_key(key, version):  # which removes it, if it is over
            return False
        target = Path(self._key_to_file(key, version))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=target.parent)
        draft = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                self._write_content(file, timeout, value)
            os.link(draft, target)  # whole or not at all, and only one process wins
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        return True

    def _cull(self) -> None:
        """Remove what is over, once in a while."""
        if secrets.randbelow(SWEEP):
            return
        for name in self._list_cache_files():
            try:
                with Path(name).open("rb") as file:
                    self._is_expired(file)
            except FileNotFoundError:
                continue  # another process was quicker
