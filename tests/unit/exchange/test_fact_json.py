"""A fact as JSON comes back as the same fact."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.dates import ANY_DAY, EARLIEST, LATEST, Span, on_day
from equipoise.exchange.fact_json import fact_from_json, fact_json
from equipoise.facts import NOTHING, ONGOING, Choice, Fact, ReferenceRange, Text, Value, record
from equipoise.quantities import Quantity, exactly

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False) | st.none()
SPANS = st.tuples(st.integers(EARLIEST, LATEST), st.integers(EARLIEST, LATEST)).map(lambda each: Span(*sorted(each)))
DAYS = SPANS | st.dates().map(on_day) | st.just(ANY_DAY)
WORDS = st.text(max_size=8)
QUANTITIES = st.builds(Quantity, NUMBERS, NUMBERS, WORDS, st.booleans(), st.booleans())
PLAIN: st.SearchStrategy[Value] = st.one_of(
    QUANTITIES, st.frozensets(WORDS, max_size=3).map(Choice), DAYS, WORDS.map(Text), st.just(NOTHING)
)
VALUES = PLAIN | st.dictionaries(WORDS, PLAIN, max_size=3).map(lambda fields: record(**fields))
FACTS = st.builds(
    Fact, WORDS, WORDS, VALUES, when=DAYS, end=st.none() | DAYS | st.just(ONGOING), source=WORDS, reported=WORDS,
    reference=st.none() | st.builds(ReferenceRange, st.none() | QUANTITIES, st.none() | QUANTITIES), doubt=WORDS,
    issued=WORDS, id=WORDS, supersedes=WORDS,
)  # fmt: skip


@given(FACTS)
def test_any_fact_comes_back_the_same(fact: Fact) -> None:
    line = fact_json(fact)
    assert b"\n" not in line
    back = fact_from_json(line)
    assert back == fact
    # 7.8 equals 7.80, but is not written so; the answers of a set are written in any order.
    assert sorted(repr(back)) == sorted(repr(fact))


def test_it_can_be_read_by_people() -> None:
    fact = Fact("P-1", "haemoglobin", exactly("7.80", "g/dL"), Span(739676, 739706), source="Observation/9")
    assert orjson.loads(fact_json(fact)) == {
        "person": "P-1", "concept": "haemoglobin", "value": {"quantity": ["7.80", "7.80", "g/dL"]},
        "when": "2026-03-01/2026-03-31", "source": "Observation/9",
    }  # fmt: skip


def test_another_kind_of_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of value"):
        fact_from_json('{"person": "P", "concept": "c", "value": {"colour": "red"}}')
