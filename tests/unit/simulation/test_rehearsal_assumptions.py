"""What a rehearsal assumes: read whole, every entry sourced, every mistake named."""

import shutil
from pathlib import Path

import pytest

from equipoise.faults import Fault, Mistakes
from equipoise.protocol.load import load_trial
from equipoise.simulation.rehearsal_assumptions import load_rehearsal

SHIPPED = Path(__file__).resolve().parents[3] / "src/equipoise/trials/nelmas"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "nelmas", ignore=shutil.ignore_patterns("cases", "doses"))
    return tmp_path / "nelmas"


def spoilt(folder: Path, old: str, new: str) -> str:
    path = folder / "assumptions.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Mistakes) as caught:
        load_rehearsal(load_trial(folder), folder)
    return str(caught.value)


def test_all_that_the_trial_assumes_is_read(folder: Path) -> None:
    assumed = load_rehearsal(load_trial(folder), folder)
    assert assumed.share("hazard_ratio") > 0 and assumed.labs["platelets"].nadir == 36
    assert assumed.people.guests == () and assumed.starts < assumed.by
    assert {event.term for event in assumed.events if event.per_dose} >= {"nausea", "myelodysplastic_syndrome"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[rehearsal.declines]\nis = 0.15\nours = true", "[rehearsal.declines]\nis = 0.15", "needs a source"),
        ("[rehearsal.declines]\nis = 0.15", "[rehearsal.declines]\nis = 1.5", "a probability from 0 to 1"),
        ("[rehearsal.declines]", "[rehearsal.refuses]", "[rehearsal.declines]: is missing"),
        ("[rehearsal.lab.platelets]", "[rehearsal.lab.plates]", '"plates" is not a concept'),
        ('unit = "10*9/L"\nmedian = 235', 'unit = "kg"\nmedian = 235', '"kg" is not a unit of platelets'),
        ("nadir = 36\nrecovery = 90", "nadir = 90\nrecovery = 36", "nadir comes before recovery"),
        ('term = "nausea"', 'term = "seasickness"', "not a term of the trial's adverse events"),
        ("dating = { day = 98", "mood = { day = 98", '"mood" is not a trait'),
        ('liver = "yes", extrahepatic = "no"', 'spleen = "yes", extrahepatic = "no"', "spleen"),
        ("[rehearsal.found.clear]", "[rehearsal.found.blank]", "is none of consent, clear"),
        ('result = "new_lesion"', 'result = "new_lesions"', "[rehearsal.found.disease]"),
        ('when = "sex is female and', 'when = "sex is femal and', 'no answer "femal"'),
    ],
)
def test_a_mistake_is_named(folder: Path, old: str, new: str, said: str) -> None:
    assert said in spoilt(folder, old, new)


def test_a_trial_without_assumptions_cannot_be_rehearsed() -> None:
    sandbox = Path(__file__).resolve().parents[2] / "trials/sandbox"
    with pytest.raises(Fault, match="has to be told what its people are like"):
        load_rehearsal(load_trial(sandbox), sandbox)
