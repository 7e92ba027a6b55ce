"""design.toml is read whole, or every mistake in it is told in its place."""

import tomllib

import pytest

from equipoise.protocol.design_plan import DesignPlan, read_design
from equipoise.protocol.file import File
from equipoise.protocol.load import load_trial
from equipoise.protocol.places import places

WHOLE = """
endpoint = "relapse"
[published]
at = { is = 24, source = "paper" }
control = { is = 0.5, source = "paper" }
experimental = { is = 0.7, source = "paper", note = "of all" }
[[size]]
people = 60
source = "registry"
[[unpublished]]
what = "the power"
source = "registry"
[setting]
alpha = { is = 0.05, ours = true }
method = { is = "freedman", ours = true }
[[candidate]]
people = 60
alpha = 0.1
sides = 1
power = 0.8
method = "schoenfeld"
accrual = 0
followup = 24
ours = true
[search]
ours = true
alpha = [0.05, 0.1]
power = [0.8]
method = ["schoenfeld"]
accrual = [0, 12]
followup = [24]
lost = [0]
[table]
ours = true
control = [0.5]
hazard_ratio = [0.5]
power = [0.8]
"""


def read(text: str) -> tuple[DesignPlan, list[str]]:
    file = File("design.toml", tomllib.loads(text), places(text))
    return read_design(file), [str(mistake) for mistake in file.mistakes]


def test_a_whole_file() -> None:
    plan, mistakes = read(WHOLE)
    assert mistakes == [] and plan.is_stated and plan.endpoint == "relapse"
    assert plan.published["experimental"].number == 0.7 and plan.published["experimental"].note == "of all"
    assert plan.settings["method"].value == "freedman" and plan.settings["alpha"].ours
    assert plan.sizes[0].people == 60 and plan.unpublished[0].what == "the power"
    assert plan.candidates[0].lost == 0.0 and plan.candidates[0].method == "schoenfeld"
    assert plan.search["accrual"] == (0, 12) and plan.table["hazard_ratio"] == (0.5,)


def test_an_empty_file_is_an_empty_plan() -> None:
    assert read("") == (DesignPlan(), []) and not DesignPlan().is_stated


def test_whatever_nelmas_never_published_is_ours() -> None:
    plan = load_trial("nelmas").design
    assert all(not each.ours and each.source for each in plan.published.values())
    assert {key for key, each in plan.settings.items() if not each.ours} == {"followup"}
    assert {each.people for each in plan.sizes} == {90, 106} == {each.people for each in plan.candidates}
    said = " ".join(each.what for each in plan.unpublished)
    assert all(word in said for word in ("alpha", "power", "method", "lost", "accrual"))


MISTAKES = [
    ('at = { is = 24, source = "paper" }', "at = 24", "at needs a value and where it is from"),
    ('at = { is = 24, source = "paper" }', "at = { is = 24 }", "at needs a source, or ours = true"),
    ('at = { is = 24, source = "paper" }', 'at = { is = 0, source = "p" }', "at is a number of months above 0, not 0"),
    ('at = { is = 24, source = "paper" }', 'when = { is = 24, source = "p" }', '"when" is not known in [published]'),
    ('at = { is = 24, source = "paper" }', 'when = { is = 24, source = "p" }', "needs at, control and experimental"),
    ("control = { is = 0.5,", "control = { is = 1.5,", "control is a share between 0 and 1, not 1.5"),
    ("control = { is = 0.5,", "control = { is = nan,", "control is a share between 0 and 1, not nan"),
    ("people = 60\nsource", "people = 0\nsource", "a whole number above 0"),
    ("people = 60\nsource", "people = true\nsource", "a whole number above 0"),
    ('people = 60\nsource = "registry"', "people = 60", "each size needs a source"),
    ('what = "the power"', 'who = "x"', '"who" is not a property of a unpublished'),
    ('what = "the power"', "", "needs what: say it in words"),
    ('method = { is = "freedman"', 'method = { is = "friedman"', "method is one of schoenfeld, freedman"),
    ("followup = 24\nours = true\n[search]", "followup = 24\n[search]", "a guess of ours: say ours = true"),
    ("sides = 1", "sides = 3", "sides is 1 or 2, not 3"),
    ("sides = 1", "", "sides is 1 or 2, not None"),
    ("people = 60\nalpha", "alpha", "a candidate needs people"),
    ("sides = 1", "sides = 1\nsize = 2", '"size" is not a property of a candidate'),
    ("[search]\nours = true", "[search]", "[search] is a choice of ours"),
    ("lost = [0]", "lost = 0", "lost in [search] is a list of values"),
    ("lost = [0]", "", "[search] needs alpha, power, method, accrual, followup, lost"),
    ("lost = [0]", "lost = [1]", "lost is a share from 0 up and below 1, not 1"),
    ("lost = [0]", "loss = [0]", '"loss" is not known in [search]'),
    ('endpoint = "relapse"', "sizes = 3", '"sizes" is not a part of a design'),
]


@pytest.mark.parametrize(("right", "wrong", "says"), MISTAKES)
def test_a_mistake_is_told_in_its_place(right: str, wrong: str, says: str) -> None:
    assert right in WHOLE
    _, mistakes = read(WHOLE.replace(right, wrong, 1))
    told = [mistake for mistake in mistakes if says in mistake]
    assert told, mistakes
    assert told[0].startswith("design.toml:") and told[0].split(":")[1].isdigit()


@pytest.mark.parametrize(
    "text",
    ["size = 3", "published = 3", "search = 3", "table = []", "candidate = [1]", 'setting = "x"', "[[search]]\n"],
)
def test_wrong_shapes_are_told_too(text: str) -> None:
    assert read(text)[1]
