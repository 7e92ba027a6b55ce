"""A folder of files that is written whole or not at all: beside its place first, then moved there in one step."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..faults import Fault


def check_new_folder(output: Path) -> None:
    """Raises Fault unless the folder is new or empty, and can be made."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise Fault(f"{output} is there and not empty: name a new folder.")
    if not output.resolve().parent.is_dir():
        raise Fault(f"{output} cannot be written: there is no folder {output.parent}.")


@contextmanager
def new_folder(output: Path) -> Iterator[Path]:
    """An empty folder to write files into; it takes its place only when the block ends well, else nothing has changed.

    Raises Fault for a place that is taken.
    """
    check_new_folder(output)
    place = output.resolve()
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        try:
            part.mkdir()
        except OSError as error:
            raise Fault(f"{output} cannot be written ({error.strerror}): name another folder.") from None
        yield part
        check_new_folder(output)
        if place.is_dir():
            place.rmdir()
        part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
