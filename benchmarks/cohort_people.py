"""Makes big cohorts of synthetic people as FHIR NDJSON: a few thousand are drawn, and follow one another under new ids.

Drawing a million people takes longer than any measurement of them. So some are drawn once (simulation, seed 7), and
person number n of the cohort has the records of one of these, taken by chance, under an id of their own. What is
measured does not see the difference: each is another person with records of their own. The truths of the drawn people
by the reference are those of all that follow them, so that a million answers can be checked.
"""

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from equipoise.protocol.model import Protocol
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.fhir_codes import Codes
from equipoise.simulation.fhir_records import person_resources
from equipoise.simulation.people import draw_people

ON = date(2026, 6, 1)
SEED = 7
DRAWN = 3000
SCRATCH = Path(__file__).resolve().parent.parent / "build" / "benchmarks"
_DONE = "people.txt"  # written last: the ids of the people, each with the id of the drawn person whom they follow


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort on disk: `fhir` is its folder of NDJSON; `follows` maps each person to the drawn one."""

    people: int
    fhir: Path
    follows: dict[str, str]

    @property
    def megabytes(self) -> float:
        return sum(file.stat().st_size for file in self.fhir.glob("*.ndjson")) / 1e6


def make_cohort(trial: Protocol, people: int, drawn: int = DRAWN) -> Cohort:
    """The cohort of so many people, made anew unless it is there from an earlier run (of the same protocol)."""
    folder = SCRATCH / f"{trial.acronym.lower()}-{trial.digest[:8]}-{people}"
    if not (folder / _DONE).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        follows = _write(trial, people, min(drawn, people), folder)
        (folder / _DONE).write_text("".join(f"{new} {old}\n" for new, old in follows), "ascii")
    pairs = (line.split() for line in (folder / _DONE).read_text("ascii").splitlines())
    return Cohort(people, folder, {new: old for new, old in pairs})


def _write(trial: Protocol, people: int, drawn: int, folder: Path) -> list[tuple[str, str]]:
    """Writes one file per type of resource, as a bulk export does; returns who follows whom."""
    blocks = _drawn(trial, drawn)
    files = {kind: (folder / f"{kind}.ndjson").open("wb") for kind in sorted({k for b in blocks.values() for k in b})}
    follows: list[tuple[str, str]] = []
    for number, old in enumerate(order_of(people, list(blocks)), 1):
        new = f"SYN-{number:07d}"
        follows.append((new, old))
        for kind, block in blocks[old].items():
            files[kind].write(block.replace(old.encode(), new.encode()))
    for file in files.values():
        file.close()
    return follows


def order_of(people: int, drawn: Sequence[str]) -> list[str]:
    """Whom each person of a cohort follows: first every drawn person once, then by chance."""
    more = random.Random(SEED).choices(drawn, k=max(0, people - len(drawn)))
    return [*drawn[:people], *more]


def _drawn(trial: Protocol, count: int) -> dict[str, dict[str, bytes]]:
    """The records of each drawn person by type of resource, as lines."""
    assumptions = load_assumptions(trial.acronym.lower(), trial.vocabulary)
    codes = Codes(trial.codes, trial.vocabulary)
    blocks: dict[str, dict[str, bytes]] = {}
    for person in draw_people(assumptions, trial.vocabulary, count, SEED, ON):
        lines: dict[str, list[str]] = {}
        for resource in person_resources(person, trial.vocabulary, codes, assumptions.identifier_system):
            if resource["meta"].get("versionId") == "1":
                continue  # a bulk export holds the newest version only
            if resource["resourceType"] == "Patient":
                del resource["identifier"][1:]  # two people of one identifier would be one
            text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
            lines.setdefault(resource["resourceType"], []).append(text + "\n")
        blocks[person.id] = {kind: "".join(each).encode() for kind, each in lines.items()}
    return blocks
