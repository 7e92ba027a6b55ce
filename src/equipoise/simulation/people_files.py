"""Writes virtual people as FHIR R4, newline-delimited JSON, with a README.txt that says that nobody in them exists."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from ..faults import Fault
from ..protocol.model import Protocol
from .fhir_codes import Codes
from .fhir_records import person_resources
from .people import draw_people
from .plans import PeopleAssumptions

README: Final = "README.txt"
_MARK: Final = "SYNTHETIC: nobody in these files exists."
_AT_ONCE: Final = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where: the people, and the number of resources in each file."""

    folder: Path
    people: int
    files: dict[str, int]

    def __str__(self) -> str:
        total = sum(self.files.values())
        return f"{self.people:,} virtual people, {total:,} FHIR resources in {len(self.files)} files in {self.folder}"


def write_people(
    trial: Protocol,
    assumptions: PeopleAssumptions,
    count: int,
    seed: int,
    folder: Path,
    on: date,
    progress: Progress | None = None,
) -> Written:
    """Draws people as of the day `on` and writes their records into the folder, all or nothing.

    A folder of virtual people written before is replaced; any other folder that holds something raises Fault.
    progress(done, count) is called with the number of people written.
    """
    if count < 1:
        raise Fault(f"Draw at least one person: count is {count}.")
    check_may_write(folder)
    place = folder.resolve()
    new: Path | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        files = _write(trial, assumptions, count, seed, new, on, progress)
        (new / README).write_text(_readme(trial, files, count, seed, on), "utf-8", newline="\n")
        new.chmod(0o755)
        _put_in_place(new, place)
    except OSError as error:
        raise Fault(f"{folder} cannot be written ({error.strerror}): choose another folder.") from None
    finally:
        if new is not None:
            shutil.rmtree(new, ignore_errors=True)  # gone already, unless something went wrong
    return Written(folder, count, files)


def _put_in_place(new: Path, place: Path) -> None:
    """Moves the new folder to its place; the old one, if any, goes only once the new one stands."""
    if not place.is_dir():
        new.rename(place)
        return
    old = new.with_name(f"{new.name}-old")
    place.rename(old)
    new.rename(place)
    shutil.rmtree(old)


def check_may_write(folder: Path) -> None:
    """Raises Fault unless the folder is absent, empty, or holds virtual people and nothing else."""
    if folder.is_dir():
        inside = sorted(path.name for path in folder.iterdir())
        if not inside:
            return
        ours = (folder / README).is_file() and _MARK in (folder / README).read_text("utf-8", "replace")
        foreign = [name for name in inside if name != README and not name.endswith(".ndjson")]
        if not ours or foreign:
            held = ", ".join(foreign[:3] or inside[:3])
            raise Fault(
                f"{folder} already holds other things ({held}): name a new or empty folder for the virtual people."
            )
    elif folder.exists():
        raise Fault(f"{folder} is a file: name a new or empty folder for the virtual people.")


def _write(
    trial: Protocol,
    assumptions: PeopleAssumptions,
    count: int,
    seed: int,
    folder: Path,
    on: date,
    progress: Progress | None,
) -> dict[str, int]:
    codes = Codes(trial.codes, trial.vocabulary)
    opened: dict[str, TextIO] = {}
    files: dict[str, int] = {}
    try:
        for first in range(1, count + 1, _AT_ONCE):
            last = min(first + _AT_ONCE - 1, count)
            for person in draw_people(assumptions, trial.vocabulary, last, seed, on, first):
                for resource in person_resources(person, trial.vocabulary, codes, assumptions.identifier_system):
                    name = f"{resource['resourceType']}.ndjson"
                    if name not in opened:
                        opened[name] = (folder / name).open("w", encoding="utf-8", newline="\n")
                    opened[name].write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
                    files[name] = files.get(name, 0) + 1
            if progress is not None:
                progress(last, count)
    finally:
        for stream in opened.values():
            stream.close()
    return dict(sorted(files.items()))


def _readme(trial: Protocol, files: dict[str, int], count: int, seed: int, on: date) -> str:
    listed = "\n".join(f"  {name}: {number:,}" for name, number in files.items())
    return f"""{_MARK}

{count:,} virtual people for the trial {trial.acronym}, drawn by chance from its assumptions.toml by Equipoise.
No value was copied from anybody's records. Do not mix these files with those of real people.
Every resource says so too: meta.security HTEST (test health data), meta.tag synthetic.

seed {seed}, records as of {on.isoformat()}, protocol {trial.digest}
The same seed, count, day and protocol give the same files, byte for byte.

HL7 FHIR R4, newline-delimited JSON, resources a file:
{listed}
"""
