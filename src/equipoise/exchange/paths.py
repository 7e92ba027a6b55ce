"""What the user's paths hold: FHIR and sheets told apart, folders opened."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..concepts import Vocabulary
from ..facts import Reading, Unread
from ..faults import Fault
from .tables import read_sheets
from .workbook import SUFFIXES as SHEETS

FHIR = (".json", ".ndjson", ".jsonl")
FACTS = (".parquet",)
_NOT_A_PERSON_SHEET = "not a sheet of people"


class Found(NamedTuple):
    """What the paths hold: FHIR files and folders, sheets that were named, sheets that a folder happens to hold, and
    facts in Parquet."""

    fhir: list[Path]
    named: list[Path]
    beside: list[Path]
    facts: list[Path]


def find_paths(paths: Sequence[Path]) -> Found:
    """What the paths hold. Raises Fault for one that is not there or holds nothing that can be read."""
    if not paths:
        raise Fault("No records were named: name a FHIR file, a sheet (.csv, .tsv, .xlsx) or a folder of them.")
    found = Found([], [], [], [])
    for path in dict.fromkeys(paths):
        if path.is_dir():
            _look_into(path, found)
        elif not path.exists():
            raise Fault(f"{path} is not there: check the path, or name the folder that holds the records.")
        elif _ends(path, FHIR):
            found.fhir.append(path)
        elif _ends(path, FACTS):
            found.facts.append(path)
        elif _ends(path, SHEETS):
            found.named.append(path)
        else:
            (found.fhir if _begins_like_json(path) else found.named).append(path)
    return found


def _look_into(folder: Path, found: Found) -> None:
    files = list(files_of(folder))
    sheets = [file for file in files if _ends(file, SHEETS)]
    has_fhir = any(_ends(file, FHIR) for file in files)
    facts = [file for file in files if _ends(file, FACTS)]
    if not sheets and not has_fhir and not facts:
        kinds = ", ".join((*FHIR, *SHEETS, *FACTS))
        raise Fault(f"{folder} holds no records: no file in it ends in {kinds}.")
    if has_fhir:
        found.fhir.append(folder)
    found.beside.extend(sheets)
    found.facts.extend(facts)


def files_of(folder: Path) -> Iterator[Path]:
    """The folder's files at any depth, hidden ones apart, in the order of their names."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts):
            yield file


def is_read(path: Path) -> bool:
    """Is it a file that is read where its folder is named?"""
    return _ends(path, (*FHIR, *SHEETS, *FACTS))


def _ends(path: Path, suffixes: Sequence[str]) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(tuple(suffixes))


def _begins_like_json(path: Path) -> bool:
    """A file without a known ending: JSON begins with a brace or a bracket."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise Fault(f"{path} cannot be opened ({error.strerror}): may you read it?") from None
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def without_sheets(unread: Iterable[Unread], sheets: Sequence[Path]) -> tuple[Unread, ...]:
    """What could not be read, without the FHIR reader's remark about files that are read as sheets."""
    endings = {sheet.suffix.lower() for sheet in sheets}
    return tuple(each for each in unread if not (each.kind == "not a FHIR file" and each.what in endings))


def happened_on(path: Path, vocabulary: Vocabulary) -> Reading:
    """A sheet that lay in a folder; one that is no sheet of people is an entry, not the end."""
    try:
        return read_sheets([path], vocabulary)
    except Fault as fault:
        return Reading({}, (), (Unread(path.name, path.name, str(fault), _NOT_A_PERSON_SHEET),))
