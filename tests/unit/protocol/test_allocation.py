"""randomisation.toml is read whole, or every mistake in it is told in its place."""

import tomllib
from fractions import Fraction
from typing import Any

import pytest
from tests.asking import LANGUAGE

from equipoise.protocol.allocation import Allocation, Scheme, read_allocation
from equipoise.protocol.file import File
from equipoise.protocol.load import load_trial
from equipoise.protocol.places import places

ARMS = ("control", "drug")
FACTOR = """
[[factor]]
id = "residual"
label = "residual tumour"
ours = true
[[factor.level]]
id = "R0"
when = "operation.residual is R0"
[[factor.level]]
id = "R1"
label = "microscopic"
when = "operation.residual is R1"
"""
BLOCKS = f"""
prefix = "ABC"
method = {{ is = "blocks", ours = true, note = "for tests" }}
ratio = {{ is = [2, 1], source = "test" }}
by_site = {{ is = false, ours = true }}
block_sizes = {{ is = [3, 6], ours = true }}
{FACTOR}"""
MINIMISED = f"""
prefix = "ABC"
method = {{ is = "minimisation", ours = true }}
ratio = {{ is = [1, 1], source = "test" }}
by_site = {{ is = true, ours = true }}
measure = {{ is = "variance", ours = true }}
weights = {{ is = {{ site = 1, residual = "0.5" }}, ours = true }}
probability = {{ is = 0.8, ours = true }}
{FACTOR}"""
SIMPLE = 'prefix = "ABC"\nmethod = { is = "simple", ours = true }\nratio = { is = [1, 1], ours = true }\n'


def read(text: str, arms: tuple[str, ...] = ARMS) -> tuple[Allocation, list[str]]:
    table: dict[str, Any] = tomllib.loads(text)
    file = File("randomisation.toml", table, places(text))
    found = read_allocation(file, LANGUAGE, arms)
    return found, [str(mistake).splitlines()[0] for mistake in file.mistakes]


def test_no_file_allocates_nobody() -> None:
    found, mistakes = read("")
    assert mistakes == [] and found == Allocation() and not found.planned


def test_blocks() -> None:
    found, mistakes = read(BLOCKS)
    assert mistakes == []
    assert found.scheme == Scheme("ABC", "blocks", ARMS, (2, 1), (("residual", ("R0", "R1")),), False, (3, 6))
    assert found.scheme.letters == "AB" and found.scheme.strata() == ("R0", "R1")
    assert [(each.key, each.text, each.source, each.ours) for each in found.settings] == [
        ("method", "blocks", "", True), ("ratio", "2:1", "test", False), ("by_site", "no", "", True),
        ("block_sizes", "3, 6", "", True),
    ]  # fmt: skip
    assert found.factor("residual").level("R1").label == "microscopic"
    assert found.factor("residual").level("R0").label == "R0"
    with pytest.raises(KeyError):
        found.factor("residual").level("R2")
    with pytest.raises(KeyError):
        found.factor("grade")


def test_minimisation_keeps_its_numbers_exact() -> None:
    found, mistakes = read(MINIMISED)
    assert mistakes == []
    scheme = found.scheme
    assert (scheme.probability, scheme.weights, scheme.measure) == (
        Fraction(4, 5), (Fraction(1), Fraction(1, 2)), "variance",
    )  # fmt: skip
    assert scheme.by_site


def test_simple_needs_no_factor() -> None:
    found, mistakes = read(SIMPLE)
    assert mistakes == [] and found.scheme.strata() == ("",)


BROKEN = [
    (BLOCKS.replace('"blocks"', '"urn"'), "'urn' is not the method: one of blocks, minimisation, simple"),
    (BLOCKS.replace('prefix = "ABC"', 'prefix = "A|B"'), "needs a prefix"),
    (BLOCKS.replace('prefix = "ABC"', ""), "needs a prefix"),
    (BLOCKS.replace("[3, 6]", "[4, 6]"), "[4, 6] is not the block sizes: a list of different whole numbers"),
    (BLOCKS.replace("[3, 6]", "[3, 3]"), "[3, 3] is not the block sizes"),
    (BLOCKS.replace("[3, 6]", "[]"), "[] is not the block sizes"),
    (BLOCKS.replace("[2, 1]", "[2, 1, 1]"), "[2, 1, 1] is not the ratio of the arms"),
    (BLOCKS.replace("[2, 1]", "[0, 3]"), "[0, 3] is not the ratio of the arms"),
    (BLOCKS.replace(', source = "test"', ""), "[ratio] needs a source, or ours = true"),
    (BLOCKS.replace('"blocks"', '"simple"'), "block_sizes has no meaning for simple: leave it out"),
    (BLOCKS.replace("by_site = { is = false,", "by_site = { is = 0,"), "0 is not the site is a stratification factor"),
    (BLOCKS.replace('note = "for tests"', "because = 1"), '"because" is not a property of [method]'),
    (BLOCKS + "\ncolour = 1", '"colour" is not a property of'),
    (BLOCKS.replace('id = "R1"', 'id = "R0"'), '"R0" cannot be used here: give another id'),
    (BLOCKS.replace('id = "R1"', 'id = "R|1"'), '"R|1" cannot be used here'),
    (BLOCKS.replace('id = "residual"', 'id = "site"'), '"site" cannot be used here'),
    (BLOCKS.replace('id = "residual"', ""), "factor 1 needs an id"),
    (BLOCKS.replace("is R1", "is R7"), 'has no answer "R7"'),
    (BLOCKS.replace('when = "operation.residual is R1"', ""), "R1 needs a rule"),
    (BLOCKS.replace('label = "residual tumour"\nours = true', ""), "residual needs a source, or ours = true"),
    (BLOCKS[: BLOCKS.index("[[factor.level]]")], "residual needs at least two levels"),
    (MINIMISED.replace("0.8", "0.5"), "0.5 is not the probability of the arm that balances best"),
    (MINIMISED.replace("0.8", '"4 of 5"'), "'4 of 5' is not the probability"),
    (MINIMISED.replace("site = 1, ", ""), "is not the weights of the factors"),
    (MINIMISED.replace("site = 1", "site = 0"), "is not the weights of the factors"),
    (MINIMISED.replace("[1, 1]", "[2, 1]"), "minimisation needs equal arms"),
    (MINIMISED.replace('measure = { is = "variance", ours = true }', ""), "[measure] needs `is`"),
]


@pytest.mark.parametrize(("text", "told"), BROKEN, ids=[told[:40] for _, told in BROKEN])
def test_each_mistake_is_told(text: str, told: str) -> None:
    _, mistakes = read(text)
    assert any(told in mistake for mistake in mistakes), mistakes


def test_every_mistake_at_once_in_its_place() -> None:
    _, mistakes = read(BLOCKS.replace("[3, 6]", "[4]").replace("is = false", "is = 0").replace("is R1", "is R7"))
    assert sorted(int(mistake.split(":")[1]) for mistake in mistakes) == [5, 6, 18]


def test_one_arm_is_no_choice() -> None:
    _, mistakes = read(SIMPLE.replace("[1, 1]", "[1]"), ("only",))
    assert any("2 to 10 arms; protocol.toml has 1" in mistake for mistake in mistakes)


def test_the_shipped_trial_says_what_it_did_not_publish() -> None:
    allocation = load_trial("nelmas").allocation
    assert [each.key for each in allocation.settings if not each.ours] == ["ratio"]
    assert all(each.ours for each in allocation.factors)
    assert all(each.note for each in (*allocation.settings, *allocation.factors) if each.ours)
    assert allocation.prefix == load_trial("nelmas").acronym
    assert allocation.scheme.strata() == ("G1|R0", "G1|R1", "G2|R0", "G2|R1")
