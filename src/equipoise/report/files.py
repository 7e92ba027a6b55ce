"""Writes a file whole or not at all: beside its place first, then moved there in one step."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..faults import Fault


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to write bytes to; it takes its place only when the block ends well, else nothing has changed.

    Raises Fault when nothing can be written there, before the block begins where that can be told.
    A device or a pipe is written to as it stands.
    """
    path = _checked(path)
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        try:
            file = part.open("xb")
        except OSError as error:
            raise Fault(f"{path} cannot be written ({error.strerror}): name another file or folder.") from None
        with file:
            yield file
        if path.exists():
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise Fault(f"{path} could not be written to its end ({error.strerror}); nothing was changed.") from None
        raise
    finally:
        part.unlink(missing_ok=True)


def _checked(path: Path) -> Path:
    """The place that the path means, once it is sure that a file can be there."""
    if path.is_dir():
        raise Fault(f"{path} is a folder: name a file to write to.")
    if not path.parent.is_dir():
        raise Fault(f"{path} cannot be written: there is no folder {path.parent}.")
    place = path.resolve()
    if place.is_file() and not os.access(place, os.W_OK):
        raise Fault(f"{path} cannot be written: the file is protected.")
    return place
