"""One writer at a time: a lock on the folder, which the system takes back when its holder dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ...faults import Fault

LOCK: Final = ".lock"


@contextmanager
def locked(folder: Path, busy: str = "") -> Iterator[None]:
    """Holds the folder (made if need be) for this process alone. Raises Fault when another one writes into it.

    busy: the sentence for that.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Fault(f"{folder} cannot be written ({error.strerror}): name another folder.") from None
    try:
        if not _taken(handle) or not _still_there(handle, folder / LOCK):
            raise Fault(busy or f"{folder} is being written by another load: wait until it has ended.")
        yield
    finally:
        os.close(handle)


def _still_there(handle: int, path: Path) -> bool:
    """Is the file that was locked the one that others find? Its last holder may have removed it with the folder."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _taken(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
