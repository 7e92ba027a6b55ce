"""The two kinds of work of a load, reading files and assembling parts, in this process or in several."""

import copyreg
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

import orjson

from ..fhir.stream import gather
from ..omop import read_omop
from ..paths import happened_on
from ..tables import read_sheets
from .assembly import General, assemble
from .extract import Extract
from .facts_files import is_large_long_csv, read_facts
from .from_readings import readings_of
from .joined import Words
from .manifest import PartEntry, part_from, replace_file
from .plan import BESIDE, FACTS, FHIR, LAKE, OMOP, Task
from .reading import open_lake

Done = TypeVar("Done")

# Facts hold no circles: the collector of circles would walk over all of them again and again.
_COLLECT_EVERY: Final = 100_000
_HEX: Final = 10  # digits of an extract's name that make its number
_words: list[Words] = []


@dataclass(frozen=True, slots=True)
class Assembling:
    """One part to be assembled: from the folder of what was dealt, into the lake."""

    dealt: Path
    lake: Path
    staging: Path
    number: int
    generation: int
    made_of: str
    threads: int
    general: General | None = None


# ---------------------------------------------------------------- reading
def read_task(task: Task, kept: Path, words: Words) -> None:
    """Reads the files of a task and sets aside what they say."""
    numbers = [entry.number for entry in task.entries]
    begins = [piece.begin for piece in task.pieces] or [0] * len(numbers)
    names = [entry.name for entry in task.entries]
    extract = Extract(int(task.name[:_HEX], 16), numbers, begins, names, kept / f".{task.name}.spill")
    if task.entries[0].kind == FHIR:
        for batch in gather(list(task.pieces), words.vocabulary, words.bindings):
            extract.add(batch)
    else:
        _read_people(task, extract, words)
    extract.save(kept, task.name)


def _read_people(task: Task, extract: Extract, words: Words) -> None:
    entry = task.entries[0]
    path = Path(entry.path)
    if entry.kind == OMOP:
        readings = read_omop(task.origin or entry.path, words.trial)
    elif entry.kind == LAKE:
        readings = readings_of(open_lake(path.parent))
    elif entry.kind == FACTS or is_large_long_csv(path):
        readings = read_facts(path, words.vocabulary)
    elif entry.kind == BESIDE:
        readings = iter([happened_on(path, words.vocabulary)])
    else:
        readings = iter([read_sheets([path], words.vocabulary)])
    for reading in readings:
        extract.reading(0, reading)


def is_read(kept: Path, name: str) -> bool:
    """Is an extract there, and whole?"""
    return (kept / f"{name}.json").is_file()


# ---------------------------------------------------------------- assembling
def assemble_part(work: Assembling, words: Words) -> PartEntry:
    """Assembles one part, and leaves a receipt."""
    entry = assemble(
        work.dealt, work.lake, work.number, work.generation, work.made_of, words.vocabulary, words.bindings,
        work.staging, work.threads, work.general,
    )  # fmt: skip
    replace_file(_receipt(work), orjson.dumps(asdict(entry)))
    return entry


def _receipt(work: Assembling) -> Path:
    return work.staging / f"part-{work.number}.json"


def assembled(work: Assembling) -> PartEntry | None:
    """The part that a load before has left, if it was made of the same."""
    path = _receipt(work)
    if not path.is_file():
        return None
    entry = part_from(orjson.loads(path.read_bytes()))
    return entry if (entry.made_of, entry.generation) == (work.made_of, work.generation) else None


# ---------------------------------------------------------------- in several processes
class Works(Protocol):
    """Does one kind of work with several arguments (the words come last), and gives place and result of each in the
    order in which they end."""

    def __call__(self, work: Callable[..., Done], each: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Done]]: ...


@contextmanager
def working(number: int, words: Words) -> Iterator[Works]:
    """Work in `number` processes; in this one when it is 1."""
    if number <= 1:
        yield lambda work, each: ((place, work(*given, words)) for place, given in enumerate(each))
        return
    copyreg.pickle(MappingProxyType, _as_dict)
    pool = ProcessPoolExecutor(number, get_context("spawn"), _begin, (words,))
    try:
        yield lambda work, each: _in_pool(pool, work, each)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_pool(
    pool: ProcessPoolExecutor, work: Callable[..., Done], each: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[int, Done]]:
    futures = {pool.submit(_do, work, given): place for place, given in enumerate(each)}
    for future in as_completed(futures):
        yield futures[future], future.result()


def _as_dict(proxy: "MappingProxyType[Any, Any]") -> tuple[Any, tuple[dict[Any, Any]]]:
    """How a read-only map is sent to another process."""
    return _read_only, (dict(proxy),)


def _read_only(content: dict[Any, Any]) -> "MappingProxyType[Any, Any]":
    return MappingProxyType(content)


def _begin(words: Words) -> None:
    """What a process does first. Ctrl-C is its parent's to heed; it ends when its parent is killed."""
    _words.append(words)
    gc.set_threshold(_COLLECT_EVERY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(work: Callable[..., Done], given: tuple[Any, ...]) -> Done:
    return work(*given, _words[0])
