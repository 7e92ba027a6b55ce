"""The same criteria by other engines on the same FHIR: time, memory, and how often their truths differ from ours.

python bench_cohort_peers.py [--people 100]

The peers are installed by peers/install.sh; one that is not there is named and left out. What each can say of the 25
criteria stands in peers/*.cql, written by us. Ours is the reference, which reads the same files and judges everybody
by all criteria. Start-up, and the peers' translation of CQL, are told apart from the work.
"""

import argparse
import csv
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_cohort import TASKS, ratio, told
from cohort_lake import drawn_lake
from cohort_people import SCRATCH, Cohort, make_cohort
from measured import Measured, machine, measured

import equipoise
from equipoise.protocol.model import Protocol

HERE = Path(__file__).parent / "peers"
INSTALLED = SCRATCH.parent / "peers"
NODE = INSTALLED / "node" / "node_modules"
FHIR4DS = INSTALLED / "fhir4ds" / "bin" / "python"
WORDS = {True: "true", False: "false", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Peer:
    """Another engine: what has to be there for it, its definitions, and how it is run."""

    name: str
    needs: Path
    cql: Path
    command: tuple[str, ...]

    @property
    def criteria(self) -> list[str]:
        """The criteria that its definitions state."""
        return re.findall(r'^define "([IE]\d+)":', self.cql.read_text("utf-8"), re.M)


PEERS = (
    Peer("cql-execution", NODE, HERE / "Nelmas.cql", ("node", str(HERE / "cql_execution.mjs"), str(NODE))),
    Peer("fhir4ds-v2", FHIR4DS, HERE / "NelmasPart.cql", (str(FHIR4DS), str(HERE / "fhir4ds_peer.py"))),
)


def run(peer: Peer, cohort: Cohort, answers: Path) -> Measured:
    more = peer.criteria if peer.name == "fhir4ds-v2" else []
    return measured([*peer.command, str(peer.cql), str(cohort.fhir), str(answers), *more], ("read", "run"))


def truths_of(trial: Protocol, cohort: Cohort) -> dict[str, Mapping[str, str]]:
    """What the reference says of each person of the cohort."""
    with drawn_lake(trial).truths.open(encoding="utf-8") as file:
        drawn = {row["person"]: row for row in csv.DictReader(file)}
    return {new: drawn[f"SYN-{int(old.removeprefix('SYN-')):07d}"] for new, old in cohort.follows.items()}


def compared(peer: Peer, answers: Path, right: Mapping[str, Mapping[str, str]]) -> tuple[set[str], list[str]]:
    """The people about whom the peer says otherwise, and how often what became what, by criterion."""
    people: set[str] = set()
    changes: Counter[tuple[str, str, str]] = Counter()
    met: set[str] = set()
    for line in answers.read_text("utf-8").splitlines():
        answer = json.loads(line)
        met.add(answer["person"])
        for criterion in peer.criteria:
            ours, theirs = right[answer["person"]][criterion], WORDS[answer[criterion]]
            if ours != theirs:
                people.add(answer["person"])
                changes[criterion, ours, theirs] += 1
    assert met == right.keys(), "somebody is missing in the peer's answers"
    told = [
        f"{criterion} {ours} became {theirs}: {count}" for (criterion, ours, theirs), count in sorted(changes.items())
    ]
    return people, told


def main(arguments: Sequence[str]) -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--people", type=int, default=100)
    people = asked.parse_args(arguments).people
    trial = equipoise.load_trial("nelmas")
    cohort = make_cohort(trial, people)
    right = truths_of(trial, cohort)
    print(f"{time.strftime('%Y-%m-%d')}; {machine()}; Python {sys.version.split()[0]}")
    print(f"{people:,} synthetic people as FHIR NDJSON, {cohort.megabytes:,.0f} MB")
    ours = measured([sys.executable, str(TASKS), "reference", str(cohort.fhir), "-"])
    print(told("ours, the reference, 25 criteria", people, [ours]))
    for peer in PEERS:
        if not peer.needs.exists():
            print(f"  {peer.name}: not installed (benchmarks/peers/install.sh)")
            continue
        answers = SCRATCH / f"{peer.name}.ndjson"
        taken = run(peer, cohort, answers)
        differing, changes = compared(peer, answers, right)
        print(told(f"{peer.name}, {len(peer.criteria)} criteria", people, [taken]))
        print(
            f"  peer: {peer.name}   ours: the reference   same answers: "
            f"{'yes' if not differing else f'NO, about {len(differing)} of {people} people'}   "
            f"ratio (peer / ours): {ratio([taken], [ours])}"
        )
        for change in changes:
            print(f"      {change}")


if __name__ == "__main__":
    main(sys.argv[1:])
