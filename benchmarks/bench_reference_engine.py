"""The reference engine: people a second for every criterion on one core, beside json.loads of the same people's files.

Reads nothing but what it makes: virtual people by the shipped generator (synthetic, seed 7), as FHIR NDJSON. Prints how
many of them the reference judges a second by all criteria; how many with sentences, needs, warnings and timeline (one
line of JSON each); and, as the peer in the same run, how long json.loads alone takes to parse the files they came in.
"""

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import equipoise
from equipoise.eligibility.verdict import decide
from equipoise.report.shell import COLLECT_EVERY
from equipoise.rules.case import build_case
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.people_files import write_people

ON = date(2026, 6, 1)
ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """Median processor time of a piece of work over the rounds."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return median(taken)


def main(count: int) -> None:
    gc.set_threshold(COLLECT_EVERY)  # as the command line does
    trial = equipoise.load_trial("nelmas")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "people"
        write_people(trial, load_assumptions("nelmas", trial.vocabulary), count, 7, folder, ON)
        files = sorted(folder.glob("*.ndjson"))
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        size = sum(file.stat().st_size for file in files) / 1e6
        reading = equipoise.read([folder], trial)
        parsing = seconds(lambda: [json.loads(line) for line in lines])
        fhir = seconds(lambda: equipoise.read([folder], trial))
    people = reading.by_person()

    def verdicts() -> list[object]:
        return [decide(person, ON, trial, build_case(facts, ON, trial.vocabulary)) for person, facts in people.items()]

    judging = seconds(verdicts)
    telling = seconds(lambda: [verdict.as_dict() for verdict in equipoise.screen(trial, reading, ON)])
    facts = len(reading.facts) / len(people)
    print(f"{len(people)} virtual people (synthetic), {facts:.0f} facts each, {len(lines)} resources, {size:.1f} MB")
    print(f"json.loads of their files            {size / parsing:8.1f} MB/s   1.00")
    print(f"reading them as FHIR into facts      {size / fhir:8.1f} MB/s   {parsing / fhir:.2f} of json.loads")
    print(f"verdicts, all {len(trial.criteria)} criteria            {len(people) / judging:8.0f} people/s")
    print(f"whole answers, one JSON object each  {len(people) / telling:8.0f} people/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
