"""Facts written in the long form and read again are the same facts, whatever they are."""

import csv
import io
import tempfile
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from equipoise.concepts import Concept, Vocabulary
from equipoise.dates import ANY_DAY, EARLIEST, LATEST, Span, on_day, read_span
from equipoise.exchange.long_form import LONG_COLUMNS, write_long
from equipoise.exchange.tables import read_sheets
from equipoise.exchange.values import measured
from equipoise.facts import NOTHING, ONGOING, Choice, Fact, Reading, ReferenceRange, Text, Value, record
from equipoise.faults import Fault
from equipoise.protocol.words import read_concepts
from equipoise.quantities import UNITS, Quantity, factor


def no_mistakes(path: tuple[str, ...], message: str) -> None:
    raise AssertionError(f"{path}: {message}")


CONCEPTS = Path(__file__).parent.parent / "unit" / "exchange" / "sheet_concepts.toml"
VOCABULARY: Vocabulary = read_concepts(tomllib.loads(CONCEPTS.read_text("utf-8")), no_mistakes)
ENTERED = [concept for concept in VOCABULARY.values() if not concept.members]

DAYS = st.dates(date(1900, 1, 1), date(2150, 12, 31))
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=12
) | st.sampled_from(["none", "text: x", "unknown", 'a "quoted", word; =1', "two\nlines"])
NUMBERS = st.decimals(0, 5000, places=3, allow_nan=False, allow_infinity=False)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    partial = read_span(draw(st.sampled_from([f"{first:%Y}", f"{first:%Y-%m}"])))
    assert partial is not None
    between = Span(first.toordinal(), last.toordinal())
    halves = Span(EARLIEST, last.toordinal()), Span(first.toordinal(), LATEST)
    return draw(st.sampled_from([on_day(first), partial, between, *halves, ANY_DAY]))


@st.composite
def quantities(draw: st.DrawFn, concept: Concept) -> Quantity:
    units = [unit for unit in UNITS if factor(unit, concept.unit, concept.molar_mass) is not None]
    unit = draw(st.sampled_from(units))
    lo, hi = sorted([draw(NUMBERS), draw(NUMBERS)])
    open_lo, open_hi = draw(st.booleans()), draw(st.booleans())
    match draw(st.sampled_from(["exact", "below", "above", "between", "any"])):
        case "below":
            return Quantity(None, hi, unit, False, open_hi)
        case "above":
            return Quantity(lo, None, unit, open_lo, False)
        case "between" if lo < hi:
            return Quantity(lo, hi, unit, open_lo, open_hi)
        case "any":
            return Quantity(None, None, unit)
        case _:
            return Quantity(lo, lo, unit)


def values(concept: Concept) -> st.SearchStrategy[Value]:
    """Values of a concept or field that is no record."""
    match concept.kind:
        case "quantity":
            own = quantities(concept)
        case "date":
            own = spans()
        case "text":
            own = WORDS.map(Text)
        case _:
            size = len(concept.answers) if concept.several else 1
            own = st.frozensets(st.sampled_from(sorted(concept.answers)), min_size=1, max_size=size).map(Choice)
    return own | WORDS.map(Text)


def usable(concept: Concept, value: Value) -> bool:
    return not isinstance(value, Quantity) or not measured(concept, value, value.unit).doubt


def records(concept: Concept) -> st.SearchStrategy[Value]:
    """Records whose fields are all usable: what is in doubt is left out of a record on reading."""
    fields = {
        name: values(field).filter(lambda value, field=field: usable(field, value))
        for name, field in concept.fields.items()
    }
    return st.fixed_dictionaries({}, optional=fields).map(lambda known: record(**known))


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    concept = draw(st.sampled_from(ENTERED))
    own = records(concept) if concept.kind == "record" else values(concept)
    value = draw(own | st.just(NOTHING))
    when = draw(spans())
    ends = [None] if value == NOTHING else [None, ONGOING, Span(when.lo, LATEST), Span(when.hi, when.hi)]
    end = draw(st.sampled_from(ends))
    if end is not None and end.lo in (EARLIEST, LATEST) and end != ONGOING:
        end = None
    reference = None
    if concept.own_limits and isinstance(value, Quantity) and draw(st.booleans()):
        limit = Quantity(Decimal("1.5"), Decimal("1.5"), draw(st.sampled_from([value.unit, concept.unit])))
        # A limit that cannot be right is left out, as a field of a record is.
        if usable(concept, limit):
            reference = draw(st.sampled_from([ReferenceRange(limit, None), ReferenceRange(None, limit)]))
    doubt = measured(concept, value, value.unit).doubt if isinstance(value, Quantity) else ""
    return Fact(
        person=draw(st.sampled_from(["1", "007", "Ä-2"])),
        concept=concept.name,
        value=value,
        when=when,
        end=end,
        reference=reference,
        doubt=draw(st.just("preliminary") | st.just(doubt)),
        issued=draw(st.sampled_from(["", "2026-03-02T10:15:00Z"])),
        id=draw(st.sampled_from(["", "a1"])),
        supersedes=draw(st.sampled_from(["", "a0"])),
    )


@given(st.lists(facts(), max_size=6))
def test_facts_survive_the_long_form(written: list[Fact]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.csv"
        write_long(written, VOCABULARY, path)
        reading = read_sheets([path], VOCABULARY)
    assert [replace(fact, source="", reported="") for fact in reading.facts] == written
    assert all(unread.held for unread in reading.unread)
    assert set(reading.people) == {fact.person for fact in written}


HEADS = ["as_of", *(name for concept in ENTERED for name in [concept.name, f"{concept.name}.date"])]
HEADS += ["treatment.end", "treatment.kind", "report.ki67 [%]", "scan.elsewhere", "bilirubin.high", "?", "haemoglobin"]
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8) | st.sampled_from(
    [
        "",
        "unknown",
        "none",
        "yes",
        "2/3/2026",
        "5-10 %",
        "46083",
        "ongoing",
        "2026-03",
        "7,8 g/dL",
        "1e99",
        "text:",
        "-",
    ]
)


def read_text(rows: list[list[str]]) -> Reading | Fault:
    stored = io.StringIO()
    csv.writer(stored).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        path.write_text(stored.getvalue(), "utf-8", newline="")
        try:
            return read_sheets([path], VOCABULARY)
        except Fault as fault:
            return fault


@given(st.lists(st.sampled_from(HEADS), min_size=1, max_size=6, unique=True), st.data())
def test_nothing_that_is_filled_in_vanishes(heads: list[str], data: st.DataObject) -> None:
    """Each row whose columns are known gives a fact or an entry that names its line; what is read has its person."""
    row = st.lists(CELLS, min_size=len(heads), max_size=len(heads))
    rows = data.draw(st.lists(row, max_size=4))
    reading = read_text([["person", *heads], *(["p1", *cells] for cells in rows)])
    if isinstance(reading, Fault):
        assert "mean the same" in str(reading)
        return
    assert all(fact.person in reading.people for fact in reading.facts)
    assert all(unread.why and unread.kind for unread in reading.unread)
    places = [each.source for each in (*reading.facts, *reading.unread)]
    for line, cells in enumerate(rows, start=2):
        stated = [cell for head, cell in zip(heads, cells, strict=True) if head not in ("as_of", "?") and cell.strip()]
        assert not stated or any(place.startswith(f"sheet.csv line {line}, ") for place in places)


@given(st.lists(st.lists(CELLS | st.sampled_from(["person", "id", *HEADS, *LONG_COLUMNS]), max_size=8), max_size=4))
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_a_sentence(rows: list[list[str]]) -> None:
    reading = read_text(rows)
    assert isinstance(reading, Reading) or "sheet.csv" in str(reading)
