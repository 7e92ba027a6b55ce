"""Compares the reading of FHIR files into facts with plain json.loads of the same files."""

import json
import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import equipoise
from equipoise.exchange.bindings import compile_bindings
from equipoise.exchange.fhir import read_fhir
from equipoise.protocol.words import read_concepts

ROUNDS = 9
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NELMAS = Path(equipoise.__file__).parent / "trials" / "nelmas"


def files(arguments: list[str]) -> list[Path]:
    """The files named, or the Synthea bundles and the bulk export beside the repository."""
    named = [Path(argument) for argument in arguments]
    folders = named or [SHARED / "fhir_synthea_smart", SHARED / "fhir_bulk_smart"]
    found = [each for folder in folders for each in ([folder] if folder.is_file() else sorted(folder.rglob("*")))]
    return [path for path in found if path.suffix in (".json", ".ndjson")]


def plain(paths: list[Path]) -> int:
    """json.loads of every file or line; how many resources that makes."""
    count = 0
    for path in paths:
        content = path.read_text("utf-8")
        values = (
            [json.loads(line) for line in content.splitlines()] if path.suffix == ".ndjson" else [json.loads(content)]
        )
        for value in values:
            if value.get("resourceType") == "Bundle":
                count += sum("resource" in entry for entry in value.get("entry", []))
            else:
                count += "resourceType" in value
    return count


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    paths = files(sys.argv[1:])
    if not paths:
        print(f"no FHIR files: name some, or put them at {SHARED}")
        return
    vocabulary = read_concepts(tomllib.loads((NELMAS / "concepts.toml").read_text()), lambda path, message: None)
    bindings = compile_bindings(tomllib.loads((NELMAS / "codes.toml").read_text()), vocabulary)
    megabytes = sum(path.stat().st_size for path in paths) / 1e6
    same = plain(paths) == read_fhir(paths, vocabulary, bindings).read
    rounds = [
        (seconds(lambda: plain(paths)), seconds(lambda: read_fhir(paths, vocabulary, bindings))) for _ in range(ROUNDS)
    ]
    peer, ours = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratios = [theirs / own for theirs, own in rounds]
    speeds = f"json.loads {megabytes / peer:.0f} MB/s, facts {megabytes / ours:.0f} MB/s"
    print(f"{len(paths)} files, {megabytes:.1f} MB: {speeds}")
    ratio = f"{statistics.median(ratios):.2f} [{min(ratios):.2f} to {max(ratios):.2f}]"
    print(
        f"peer: json.loads of Python {sys.version.split()[0]}   ours: read_fhir   "
        f"same answers: {'yes' if same else 'NO'} (number of resources)   ratio (peer / ours): {ratio}"
    )


if __name__ == "__main__":
    main()
