"""Opens the files: JSON, newline-delimited JSON, gzip, byte-order marks, folders; and gives what each parses to."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from io import BufferedIOBase
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ...facts import Unread
from ...faults import Fault

LINES = (".ndjson", ".jsonl")
_SUFFIXES = (".json", *LINES)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
BYTE_ORDER_MARKS = tuple(mark for mark, _ in _BOMS)

Progress = Callable[[int, int], None]


class Parsed(NamedTuple):
    """One parsed JSON value, with the file that it stands in and its place there ("line 3", or "")."""

    value: Any
    file: str
    place: str


class Source(NamedTuple):
    """A file to read; `named` when the user named it, so that its faults are the user's to hear at once."""

    path: Path
    name: str
    named: bool
    size: int


def find(paths: Sequence[Path]) -> tuple[list[Source], list[Unread]]:
    """The files behind the paths, folders opened up in the order of their names; other kinds of file are counted."""
    if not paths:
        raise Fault("No file to read was named: give a FHIR file, a folder of them or a bulk export.")
    sources: list[Source] = []
    others: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            found = sorted(each for each in path.rglob("*") if each.is_file() and not _hidden(each, path))
            for each in found:
                if _is_candidate(each):
                    sources.append(Source(each, str(each.relative_to(path)), False, each.stat().st_size))
                else:
                    others[each.suffix.lower() or "(no ending)"] += 1
        elif path.is_file():
            sources.append(Source(path, path.name, True, path.stat().st_size))
        else:
            raise Fault(f"{path} is not there: check the path, or name the folder that holds the FHIR files.")
    if not sources:
        raise Fault(
            f"{', '.join(map(str, paths))} holds no FHIR file: none ends in {', '.join(_SUFFIXES)} or that with .gz."
        )
    unread = [
        Unread(f"{count} {suffix} file{'s' * (count > 1)}", suffix, "not a FHIR file", "not a FHIR file")
        for suffix, count in sorted(others.items())
    ]
    return sources, unread


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _is_candidate(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(_SUFFIXES)


def parse(sources: Sequence[Source], progress: Progress | None = None) -> Iterator[Parsed | Unread]:
    """What every file parses to, in order; an entry for each line or file that is no JSON."""
    total = sum(source.size for source in sources)
    done = 0
    for source in sources:
        yield from _file(source, done, total, progress)
        done += source.size
        if progress:
            progress(done, total)


def _file(source: Source, done: int, total: int, progress: Progress | None) -> Iterator[Parsed | Unread]:
    name = source.path.name.lower()
    zipped = name.endswith(".gz")
    try:
        if name.removesuffix(".gz").endswith(LINES):
            with source.path.open("rb") as raw:
                lines = gzip.GzipFile(fileobj=raw) if zipped else raw
                for parsed in _lines(source, lines):
                    yield parsed
                    if progress and isinstance(parsed, Parsed):
                        progress(done + min(raw.tell(), source.size), total)
            return
        content = source.path.read_bytes()
        content = gzip.decompress(content) if zipped else content
    except (OSError, EOFError, zlib.error) as error:
        yield unusable(source, f"{source.name} cannot be read ({reason(error)}): is it whole and may you read it?")
        return
    yield from of_whole(source, content)


def reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "the compressed data are damaged"


def unusable(source: Source, sentence: str) -> Unread:
    """A fault for a file that the user named; an entry for one that a folder happened to hold."""
    if source.named:
        raise Fault(sentence)
    return Unread(source.name, source.name, sentence, "not a FHIR file")


def _decoded(content: bytes) -> bytes:
    """The content as UTF-8 without its byte-order mark."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[3:] if encoding == "utf-8-sig" else content.decode(encoding, "replace").encode()
    return content


def of_whole(source: Source, content: bytes) -> Iterator[Parsed | Unread]:
    content = _decoded(content)
    if not content.strip():
        yield unusable(source, f"{source.name} is empty: name a file with FHIR resources.")
        return
    try:
        yield Parsed(orjson.loads(content), source.name, "")
        return
    except orjson.JSONDecodeError as error:
        why = f"{error.msg}, line {error.lineno}"
    several = _one_after_another(source, content)
    if several is None:
        yield unusable(source, f"{source.name} is not JSON ({why}): export it again as FHIR R4 in JSON.")
        return
    yield from several


def _one_after_another(source: Source, content: bytes) -> list[Parsed | Unread] | None:
    """Lines of JSON under another file ending, or values one after the other; None when it begins with no value."""
    lines = content.splitlines()
    first = next(line for line in lines if line.strip())
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return _concatenated(source, content.decode("utf-8", "replace"))
    return [of_line(source, line, number) for number, line in enumerate(lines, 1) if line.strip()]


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _concatenated(source: Source, content: str) -> list[Parsed | Unread] | None:
    decoder = json.JSONDecoder(parse_constant=_refuse)
    found: list[Parsed | Unread] = []
    at = 0
    while True:
        at += len(content[at:]) - len(content[at:].lstrip(" \t\r\n,\x1e"))
        if at >= len(content):
            return found
        try:
            value, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            if not found:
                return None
            line = content.count("\n", 0, at) + 1
            place = f"{source.name} line {line}"
            found.append(Unread(place, "the rest of the file", "the JSON breaks off or is wrong here", "broken JSON"))
            return found
        found.append(Parsed(value, source.name, f"value {len(found) + 1}"))


def _lines(source: Source, stream: BufferedIOBase) -> Iterator[Parsed | Unread]:
    empty = True
    for number, line in enumerate(stream, 1):
        if number == 1:
            if line.startswith((b"\xff\xfe", b"\xfe\xff")):
                yield from of_whole(source, line + stream.read())
                return
            line = _decoded(line)
        if line.strip():
            empty = False
            yield of_line(source, line, number)
    if empty and source.named:
        raise Fault(f"{source.name} is empty: name a file with FHIR resources.")


def of_line(source: Source, line: bytes, number: int) -> Parsed | Unread:
    try:
        return Parsed(orjson.loads(line), source.name, f"line {number}")
    except orjson.JSONDecodeError as error:
        place = f"{source.name} line {number}"
        return Unread(place, place, f"the line is no JSON ({error.msg})", "broken JSON")
