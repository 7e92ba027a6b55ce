"""Nodes and facts -> plain English: what a rule says, and what a record says."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ..concepts import Concept, Vocabulary
from ..dates import EARLIEST, LATEST, Span, span_text
from ..facts import ONGOING, Choice, Fact, Nothing, Text, Value, is_record
from ..quantities import Comparison, Quantity, decimal_text, rounded, scaled
from ..units import factor
from .nodes import (
    HERE,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Count,
    Elapsed,
    Grade,
    Is,
    Limit,
    Look,
    Moment,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Unless,
    Window,
)  # fmt: skip

IS: Final[dict[Comparison, str]] = {
    "<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly", "!=": "other than",
}  # fmt: skip
LASTS: Final[dict[Comparison, str]] = {
    "<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "exactly", "!=": "other than",
}  # fmt: skip
_SELECTED: Final = {
    "latest": "", "first": "the first ", "any": "any ", "every": "every ", "highest": "the highest ",
    "lowest": "the lowest ",
}  # fmt: skip
_TAIL: Final = re.compile(r" \(| of | to | by | with| in ")  # what follows the noun of a label


# ---------------------------------------------------------------- what a rule says
def says(rule: Rule, vocabulary: Vocabulary, record: Concept | None = None) -> str:
    """The rule as an English clause; `record` is what a `where` speaks of."""
    match rule:
        case AllOf(parts):
            return _joined([_inner(part, vocabulary, record) for part in parts], "and")
        case AnyOf(parts):
            return _joined([_inner(part, vocabulary, record) for part in parts], "or")
        case Not(part):
            return _denied(part, vocabulary, record)
        case Unless(part, exception):
            return f"{says(part, vocabulary, record)}, unless {says(exception, vocabulary, record)}"
        case Age():
            at = "" if rule.moment.look is None else f" at {moment_text(rule.moment, vocabulary)}"
            return f"age{at} is {LASTS[rule.comparison]} {rule.years} years"
        case Elapsed():
            event = _event(rule.look, vocabulary, "any" if rule.look.selector == "any" else "the")
            return f"it is {LASTS[rule.comparison]} {rule.duration} {rule.direction} {event}"
        case Count():
            return f"the number of {_event(rule.look, vocabulary, '')} is {LASTS[rule.comparison]} {rule.number}"
        case Recorded():
            return _recorded_says(rule.look, vocabulary)
        case Compare():
            concept = concept_at(rule.look, vocabulary, record)
            be = be_of(concept)
            limit = limit_text(rule.limit)
            return f"{_subject(rule.look, vocabulary, record)} {be} {IS[rule.comparison]} {limit}"
        case Normal():
            be = be_of(concept_at(rule.look, vocabulary, record))
            return f"{_subject(rule.look, vocabulary, record)} {be} within the laboratory's normal range"
        case Is():
            return _is_says(rule, vocabulary, record, "includes" if rule.quantifier == "some" else "")
        case Grade():
            return f"the grade of {_subject(rule.look, vocabulary, record)} is {LASTS[rule.comparison]} {rule.number}"
        case Change():
            subject = _subject(rule.look, vocabulary, record)
            by = f"{LASTS[rule.comparison]} {decimal_text(rule.percent)} %"
            return f"{subject} {rule.direction} by {by} from {moment_text(rule.baseline, vocabulary)}"


def _inner(rule: Rule, vocabulary: Vocabulary, record: Concept | None) -> str:
    text = says(rule, vocabulary, record)
    return f"({text})" if isinstance(rule, AllOf | AnyOf | Unless) else text


def _denied(rule: Rule, vocabulary: Vocabulary, record: Concept | None) -> str:
    match rule:
        case Recorded(look) if look.concept == HERE:
            return f"it is not dated {window_text(look, vocabulary).strip()}"
        case Recorded(look) if look.where is None or look.selector == "any":
            return f"there is no {_event(look, vocabulary, '')}"
        case Is():
            return _is_says(rule, vocabulary, record, "not")
        case Normal():
            be = be_of(concept_at(rule.look, vocabulary, record))
            return f"{_subject(rule.look, vocabulary, record)} {be} not within the laboratory's normal range"
        case _:
            return f"not {_inner(rule, vocabulary, record)}"


def _is_says(rule: Is, vocabulary: Vocabulary, record: Concept | None, how: str) -> str:
    """ "sex is male", "grade is not grade 3", "disease outside the liver includes ..."."""
    concept = concept_at(rule.look, vocabulary, record)
    verb = "includes" if how == "includes" else f"{be_of(concept)} {how}".strip()
    return f"{_subject(rule.look, vocabulary, record)} {verb} {answers_text(rule.answers, concept)}"


def _joined(parts: Sequence[str], joint: str) -> str:
    return f", {joint} ".join(parts) if len(parts) > 2 else f" {joint} ".join(parts)


def be_of(concept: Concept) -> str:
    """is or are, by the noun that leads the label: platelets are, hypersensitivity to somatostatin analogues is."""
    noun = _TAIL.split(concept.label)[0].split()[-1]
    return "are" if concept.kind != "yes_no" and noun.endswith("s") and not noun.endswith(("ss", "is", "us")) else "is"


def concept_at(look: Look, vocabulary: Vocabulary, record: Concept | None) -> Concept:
    """The concept or field that a look reads."""
    if look.concept == HERE:
        assert record is not None
        return record.fields[look.field]
    concept = vocabulary[look.concept]
    return concept.fields[look.field] if look.field else concept


def _subject(look: Look, vocabulary: Vocabulary, record: Concept | None) -> str:
    if look.concept == HERE:
        return concept_at(look, vocabulary, record).label
    concept = vocabulary[look.concept]
    name = f"{concept.fields[look.field].label} of the {concept.label}" if look.field else concept.label
    return f"{_SELECTED[look.selector]}{name}{window_text(look, vocabulary)}"


def _event(look: Look, vocabulary: Vocabulary, article: str) -> str:
    concept = vocabulary[look.concept]
    where = f" in which {says(look.where, vocabulary, concept)}" if look.where else ""
    return f"{article} {concept.label}{window_text(look, vocabulary)}{where}".strip()


def _recorded_says(look: Look, vocabulary: Vocabulary) -> str:
    if look.concept == HERE:
        return f"it is dated {window_text(look, vocabulary).strip()}"
    concept = vocabulary[look.concept]
    window = window_text(look, vocabulary)
    if look.where is None:
        return f"{concept.label}{window} is on record"
    condition = says(look.where, vocabulary, concept)
    if look.selector == "any":
        return f"there is any {concept.label}{window} in which {condition}"
    which = "every" if look.selector == "every" else f"the {look.selector}"
    return f"in {which} {concept.label}{window}, {condition}"


def moment_text(moment: Moment, vocabulary: Vocabulary) -> str:
    """A moment in words: "today", "the resection of liver metastases"."""
    if moment.look is None:
        return "today"
    first = "first " if moment.look.selector == "first" else ""
    text = f"the {first}{vocabulary[moment.look.concept].label}"
    return f"{text} (or today, while none is on record)" if moment.or_today else text


def window_text(look: Look, vocabulary: Vocabulary) -> str:
    """The look's window in words, with a space before it; "" without one."""
    return f" {_window(look.window, vocabulary)}" if look.window else ""


def _window(window: Window, vocabulary: Vocabulary) -> str:
    moment = moment_text(window.moment, vocabulary)
    if window.other is not None:
        return f"between {moment} and {moment_text(window.other, vocabulary)}"
    if window.side == "around":
        on = moment if window.moment.look is None else f"on the day of {moment}"
        return f"within {window.far} of {moment}" if window.far and window.far.count else on
    if window.far is None:
        if window.near.count == 0:
            return f"on or {window.side} {moment}"
        return f"{window.side if window.near.days == 1 else f'at least {window.near} {window.side}'} {moment}"
    if window.near.count == 0:
        return f"within {window.far} {window.side} {moment}"
    return f"{window.near} to {window.far} {window.side} {moment}"


def answers_text(answers: Sequence[str], concept: Concept) -> str:
    """Answers as people write them: "stomach, pancreas or duodenum"."""
    return listed([concept.answer_label(answer) for answer in answers], "or")


def listed(names: Sequence[str], joint: str) -> str:
    """ "a", "a or b", "a, b or c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}"


def limit_text(limit: Limit, unit: str = "") -> str:
    """A limit in words; of one stated in several units, the one in `unit` where there is such."""
    if isinstance(limit, OwnLimit):
        side = "upper" if limit.side == "ULN" else "lower"
        times = "" if limit.times == 1 else f"{decimal_text(limit.times)} times "
        return f"{times}the laboratory's {side} limit of normal"
    stated = [quantity for quantity in limit.stated if quantity.unit == unit] or list(limit.stated)
    return str(stated[0]) + "".join(f" ({quantity})" for quantity in stated[1:])


# ---------------------------------------------------------------- what a record says
def value_text(value: Value, concept: Concept | None, unit: str = "") -> str:
    """A value as people write it; a number with the converted one behind when `unit` is another than its own."""
    match value:
        case Quantity():
            mass = concept.molar_mass if concept else None
            by = factor(value.unit, unit, mass) if unit else None
            text = str(_shortened(value))
            return text if by is None or by == 1 else f"{text} ({rounded(scaled(value, by, unit))})"
        case Choice(answers):
            order = list(concept.answers) if concept else []
            ranked = sorted(answers, key=lambda answer: order.index(answer) if answer in order else len(order))
            return " and ".join(concept.answer_label(answer) if concept else answer for answer in ranked)
        case Span():
            return span_text(value)
        case Text(text):
            return text
        case Nothing():
            return "none"
        case _:
            fields = concept.fields if concept else {}
            return "; ".join(field_text(fields.get(name), name, part) for name, part in value.items())


def field_text(field: Concept | None, name: str, value: Value | None, unit: str = "") -> str:
    """A field of a record: "Ki-67 8 %", "tracer: 68Ga-DOTATATE"; "grade 2", where the answer names the field itself."""
    label = field.label if field else name
    if value is None:
        return f"{label}: nothing recorded" if field and field.absence == "no" else f"{label}: not recorded"
    shown = value_text(value, field, unit)
    if isinstance(value, Quantity):
        return f"{label} {shown}"
    return shown if shown.casefold().startswith(label.split()[0].casefold()) else f"{label}: {shown}"


def _shortened(value: Quantity) -> Quantity:
    """A computed number to four digits; a reported one as it stands."""
    long = any(number is not None and len(number.as_tuple().digits) > 9 for number in (value.lo, value.hi))
    return rounded(value, 4) if long else value


def when_text(fact: Fact) -> str:
    """When it was, as people say it: "on 2 March 2026", "in March 2026", "from ... to ..."."""
    when = fact.when
    if when.lo <= EARLIEST:
        return "(date not recorded)"
    start = f"on {span_text(when)}" if when.exact else in_text(when)
    if fact.end is None or fact.end == when:
        return start
    begun = start.removeprefix("on ").removeprefix("in ")
    if fact.end.hi >= LATEST:
        return f"since {begun}" if fact.end == ONGOING else f"since {begun} (its end is not recorded)"
    return f"from {begun} to {span_text(fact.end)}"


def in_text(when: Span) -> str:
    """ "in March 2026", "between 3 March 2026 and 9 March 2026"."""
    text = span_text(when)
    return text if text.startswith(("between", "on ")) else f"in {text}"


def fact_text(fact: Fact, vocabulary: Vocabulary, unit: str = "") -> str:
    """A fact as people say it: "haemoglobin 7.8 g/dL on 2 March 2026"."""
    concept = vocabulary.get(fact.concept)
    label = concept.label if concept else fact.concept
    if isinstance(fact.value, Nothing):
        return f"{label}: none ({stated_text(fact)})"
    if isinstance(fact.value, Span):
        return f"{label} {span_text(fact.value)}"
    if is_record(fact.value):
        kind = value_text(fact.value, concept)
        return f"{label} {when_text(fact)}" + (f" ({kind})" if kind else "")
    when = "" if concept and concept.once else f" {when_text(fact)}"
    if isinstance(fact.value, Quantity):
        shown = fact.reported if fact.doubt and fact.reported else value_text(fact.value, concept, unit)
        return f"{label} {shown}{when}"
    return f"{label}: {value_text(fact.value, concept)}{when}"


def stated_text(fact: Fact) -> str:
    """When a statement was made: "stated on 20 April 2026", "stated, date not recorded"."""
    when = when_text(fact)
    return f"stated, {when.strip('()')}" if when.startswith("(") else f"stated {when}"


def joined(clauses: Iterable[str]) -> str:
    """Clauses as one: each once; "a, b and c", or with semicolons when a clause has commas of its own."""
    different = _without_repeats(list(dict.fromkeys(clauses)))
    if len(different) > 1 and any("," in clause or ";" in clause for clause in different):
        return "; ".join(different)
    return listed(different, "and") if different else ""


def _without_repeats(clauses: list[str]) -> list[str]:
    """Neighbours that end in the same bracket, with the bracket behind the last of them only."""
    ends = [clause[clause.rindex(" (") :] if clause.endswith(")") and " (" in clause else "" for clause in clauses]
    return [
        clause.removesuffix(end) if end and number + 1 < len(ends) and ends[number + 1] == end else clause
        for number, (clause, end) in enumerate(zip(clauses, ends, strict=True))
    ]
