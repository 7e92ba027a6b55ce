"""Findings -> why it is so, in one clause made of the evidence; and for what is open, what would settle it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..concepts import Concept, Vocabulary
from ..dates import LATEST, Span, completed_years, day_text, span_text
from ..facts import Fact, Nothing, is_record
from ..quantities import Quantity, decimal_text, number_text
from ..truth import FALSE, TRUE, UNKNOWN
from .findings import Finding, Want
from .nodes import (
    HERE,
    Absolute,
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
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Unless,
)  # fmt: skip
from .prose import (
    IS,
    LASTS,
    answers_text,
    be_of,
    concept_at,
    fact_text,
    field_text,
    in_text,
    joined,
    limit_text,
    listed,
    moment_text,
    stated_text,
    value_text,
    when_text,
    window_text,
)  # fmt: skip

_SHOWN = 3  # of many facts that say the same, so many are named


def because(finding: Finding, vocabulary: Vocabulary, record: Concept | None = None) -> str:
    """The clause that tells why the rule is true, false or unknown; `record` is what a `where` speaks of."""
    match finding.rule:
        case AllOf() | AnyOf():
            return _of_parts(_deciding(finding), vocabulary, record)
        case Not():
            return because(finding.parts[0], vocabulary, record)
        case Unless():
            part, exception = finding.parts
            if part.truth is not TRUE:
                return because(part, vocabulary, record)
            joint = "and" if finding.truth is TRUE else "but"
            return f"{because(part, vocabulary, record)}, {joint} {because(exception, vocabulary, record)}"
        case _ if finding.truth is UNKNOWN:
            return _open(finding, vocabulary, record)
        case _:
            return _settled(finding, vocabulary, record)


def _deciding(finding: Finding) -> list[Finding]:
    """The parts of a joint that brought its truth about."""
    deciding = [part for part in finding.parts if part.truth is finding.truth]
    neutral = TRUE if isinstance(finding.rule, AllOf) else FALSE
    return deciding if finding.truth in (UNKNOWN, neutral) else deciding[:1]


def _of_parts(parts: Sequence[Finding], vocabulary: Vocabulary, record: Concept | None) -> str:
    """The clauses of several parts; what is merely missing in several of them stands together."""
    missing = [part for part in parts if _merely_missing(part)]
    if len(missing) < 2:
        return joined(because(part, vocabulary, record) for part in parts)
    wants = tuple(dict.fromkeys(want for part in missing for want in part.wants))
    others = [because(part, vocabulary, record) for part in parts if part not in missing]
    return joined([*others, wanted(wants, vocabulary)])


def _merely_missing(part: Finding) -> bool:
    plain = not isinstance(part.rule, AllOf | AnyOf | Not | Unless)
    return plain and part.truth is UNKNOWN and part.reason in ("missing", "judgement") and not part.why


# ---------------------------------------------------------------- what is settled
def _settled(finding: Finding, vocabulary: Vocabulary, record: Concept | None) -> str:
    rule = finding.rule
    match rule:
        case Age():
            no = "" if finding.truth is TRUE else "not "
            return f"{_aged(finding)}, {no}{LASTS[rule.comparison]} {rule.years} years"
        case Elapsed():
            return _elapsed(rule, finding, vocabulary)
        case Recorded():
            return _recorded(rule.look, finding, vocabulary)
        case Count():
            label = vocabulary[rule.look.concept].label
            named = [fact_text(fact, vocabulary) for fact in finding.facts[:_SHOWN]]
            return f"{len(finding.facts)} {label} on record" + (f": {joined(named)}" if named else "")
        case Compare() | Is() | Normal() | Grade() | Change():
            if not finding.facts:
                return f"no {concept_at(rule.look, vocabulary, record).label} on record"
            return joined(
                _value_says(rule, group, finding, vocabulary, record) for group in _alike(finding.facts, rule.look)
            )
        case _:
            return because(finding, vocabulary, record)


def _alike(facts: Sequence[Fact], look: Look) -> list[list[Fact]]:
    """The facts by what they say of the look, so that what several say alike is said once."""
    groups: dict[object, list[Fact]] = {}
    for fact in facts:
        value = fact.value.get(look.field) if look.field and is_record(fact.value) else fact.value
        key = value if look.field else (id(fact), value)
        groups.setdefault(key, []).append(fact)
    return list(groups.values())[:_SHOWN]


def _value_says(
    rule: Compare | Is | Normal | Grade | Change,
    facts: Sequence[Fact],
    finding: Finding,
    vocabulary: Vocabulary,
    record: Concept | None,
) -> str:
    look, fact = rule.look, facts[0]
    concept = concept_at(look, vocabulary, record)
    no = "" if finding.truth is TRUE else "not "
    be = f"{be_of(concept)} {no}".strip()
    match rule:
        case Compare():
            unit = _shared_unit(rule.limit, fact, look)
            limit = limit_text(rule.limit, unit) + _own(rule.limit, fact)
            return f"{_named(facts, look, vocabulary, record, unit)} {be} {IS[rule.comparison]} {limit}"
        case Normal():
            range_ = _range(fact)
            return f"{_named(facts, look, vocabulary, record)} {be} within the laboratory's normal range{range_}"
        case Grade():
            return f"{_named(facts, look, vocabulary, record)} {be} of grade {LASTS[rule.comparison]} {rule.number}"
        case Change():
            share = f"{no}{LASTS[rule.comparison]} {decimal_text(rule.percent)} %"
            moment = moment_text(rule.baseline, vocabulary)
            values = joined(fact_text(each, vocabulary) for each in finding.facts)
            return f"{values}: it {rule.direction} by {share} from {moment}"
        case Is():
            return _named(facts, look, vocabulary, record) + _instead(rule, concept, finding)


def _named(facts: Sequence[Fact], look: Look, vocabulary: Vocabulary, record: Concept | None, unit: str = "") -> str:
    """What the facts, which say the same, say of the looked-at concept or field."""
    fact = facts[0]
    if look.concept != HERE and not look.field:
        return fact_text(fact, vocabulary, unit)
    value = fact.value.get(look.field) if is_record(fact.value) else None
    text = field_text(concept_at(look, vocabulary, record), look.field, value, unit)
    if look.concept == HERE:
        return text
    dates = listed(list(dict.fromkeys(when_text(each) for each in facts)), "and")
    return f"{text} ({vocabulary[look.concept].label} {dates})"


def _instead(rule: Is, concept: Concept, finding: Finding) -> str:
    """The answers that it is not, where they are few and the answer given does not already say so."""
    labels = [concept.answer_label(answer) for answer in rule.answers]
    plain = concept.kind == "yes_no" or len(labels) > 2 or any(label.startswith("not ") for label in labels)
    if finding.truth is TRUE or plain or concept.read_as or rule.look.concept == HERE:
        return ""
    return f", not {answers_text(rule.answers, concept)}"


def _shared_unit(limit: Limit, fact: Fact, look: Look) -> str:
    """The unit in which value and limit are shown together: that of the report where the limit is stated in it."""
    if not isinstance(limit, Absolute):
        return ""
    value = fact.value.get(look.field) if look.field and is_record(fact.value) else fact.value
    units = [quantity.unit for quantity in limit.stated]
    return value.unit if isinstance(value, Quantity) and value.unit in units else units[0]


def _own(limit: Limit, fact: Fact) -> str:
    """The laboratory's own limit in numbers: " (3 × 1.2 mg/dL = 3.6 mg/dL)"."""
    if not isinstance(limit, OwnLimit) or fact.reference is None:
        return ""
    own = fact.reference.high if limit.side == "ULN" else fact.reference.low
    if own is None or own.lo is None:
        return ""
    if limit.times == 1:
        return f" ({own})"
    product = own._replace(lo=own.lo * limit.times, hi=own.lo * limit.times)
    return f" ({decimal_text(limit.times)} × {own} = {product})"


def _range(fact: Fact) -> str:
    reference = fact.reference
    if reference is None:
        return ""
    if reference.low and reference.high:
        return f" ({number_text(reference.low)} to {reference.high})"
    return f" (up to {reference.high})" if reference.high else f" (from {reference.low})" if reference.low else ""


def _aged(finding: Finding) -> str:
    """ "aged 63 on 2 March 2026 (born 1 March 1963)"."""
    born, moment = finding.facts[0].value, finding.moment
    if not isinstance(born, Span) or moment is None:
        return "the date of birth is not exact enough"
    low, high = completed_years(born.hi, moment.lo), completed_years(born.lo, moment.hi)
    years = str(low) if low == high else f"{low} or {high}" if high == low + 1 else f"{low} to {high}"
    at = f"on {day_text(moment.first)}" if moment.exact else in_text(moment)
    return f"aged {years} {at} (born {span_text(born) if born.exact else in_text(born)})"


def _elapsed(rule: Elapsed, finding: Finding, vocabulary: Vocabulary) -> str:
    facts = [fact for fact in finding.facts if not isinstance(fact.value, Nothing)]
    if not facts:
        stated = [fact_text(fact, vocabulary) for fact in finding.facts]
        return stated[0] if stated else f"no {vocabulary[rule.look.concept].label} on record"
    clauses = joined(_ago(fact, finding.moment, rule, vocabulary) for fact in facts[:_SHOWN])
    if clauses.endswith("goes on"):
        return clauses
    no = "" if finding.truth is TRUE else "not "
    return f"{clauses}, {no}{LASTS[rule.comparison]} {rule.duration}"


def _ago(fact: Fact, today: Span | None, rule: Elapsed, vocabulary: Vocabulary) -> str:
    text = f"{vocabulary[fact.concept].label} {_kind(fact, vocabulary)}{when_text(fact)}"
    if rule.direction == "until":
        day = fact.value if isinstance(fact.value, Span) else fact.when
        text = f"{vocabulary[fact.concept].label} {span_text(day)}"
        return f"{text} is {_days(day.lo - today.lo)} ahead" if today is not None and day.exact else text
    end = fact.end if fact.end is not None else fact.when
    if end.hi >= LATEST:
        return f"{text} goes on" if end.lo >= LATEST else text
    if today is None or not end.exact:
        return text
    ended = "ended" if fact.end is not None and fact.end != fact.when else "was"
    return f"{text} {ended} {_days(today.lo - end.lo)} ago"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _kind(fact: Fact, vocabulary: Vocabulary) -> str:
    """What kind of event it was, where the record's first field says so: "(chemotherapy) "."""
    fields = vocabulary[fact.concept].fields
    first = next(iter(fields), "")
    if not is_record(fact.value) or first not in fact.value or not fields[first].label.startswith("kind"):
        return ""
    return f"({value_text(fact.value[first], fields[first])}) "


def _recorded(look: Look, finding: Finding, vocabulary: Vocabulary) -> str:
    no = "" if finding.truth is TRUE else "not "
    on = f" on {day_text(finding.moment.first)}" if finding.moment is not None and finding.moment.exact else ""
    if look.concept == HERE:
        return f"it is {no}dated {window_text(look, vocabulary).strip()}{on}"
    facts = [fact for fact in finding.facts if not isinstance(fact.value, Nothing)]
    if not facts:
        stated = [fact_text(fact, vocabulary) for fact in finding.facts]
        return stated[0] if stated else f"no {vocabulary[look.concept].label}{window_text(look, vocabulary)} on record"
    if finding.parts:
        return joined(_of_record(fact, part, vocabulary) for fact, part in _pairs(facts, finding.parts))
    there = joined(fact_text(fact, vocabulary) for fact in facts[:_SHOWN])
    if look.window is None:
        return f"{there} on record"
    be = be_of(vocabulary[look.concept]) if len(facts) == 1 else "are"
    return f"{there} {be} {no}{window_text(look, vocabulary).strip()}{on}"


def _pairs(facts: Iterable[Fact], parts: Iterable[Finding]) -> list[tuple[Fact, Finding]]:
    return list(zip(facts, parts, strict=False))[:_SHOWN]


def _of_record(fact: Fact, part: Finding, vocabulary: Vocabulary) -> str:
    """What a record says of the fields that decide, and what else decides beside it."""
    concept = vocabulary[fact.concept]
    clauses = dict.fromkeys(_field_clause(leaf, fact, vocabulary, concept) for leaf in _leaves(part))
    return f"{concept.label} {when_text(fact)} ({'; '.join(clauses)})"


def _leaves(finding: Finding) -> Iterator[Finding]:
    """The findings within that decide and have no parts of their own."""
    rule = finding.rule
    if isinstance(rule, AllOf | AnyOf):
        for part in _deciding(finding):
            yield from _leaves(part)
    elif isinstance(rule, Not | Unless):
        for part in finding.parts:
            yield from _leaves(part)
    else:
        yield finding


def _field_clause(leaf: Finding, fact: Fact, vocabulary: Vocabulary, concept: Concept) -> str:
    rule = leaf.rule
    if isinstance(rule, AllOf | AnyOf | Not | Unless | Age) or rule.look.concept != HERE or not rule.look.field:
        return because(leaf, vocabulary, concept)
    value = fact.value.get(rule.look.field) if isinstance(fact.value, Mapping) else None
    return field_text(concept.fields[rule.look.field], rule.look.field, value)


# ---------------------------------------------------------------- what is open
_REASONS: Final = {
    "": "it is not known",
    "missing": "it is missing",
    "stale": "there is none in the time asked for",
    "imprecise": "it is not exact enough to decide",
    "uncheckable": "it cannot be checked",
    "conflicting": "the entries contradict each other",
    "judgement": "only a person can say",
}


def _open(finding: Finding, vocabulary: Vocabulary, record: Concept | None) -> str:
    rule = finding.rule
    if isinstance(rule, Recorded) and rule.look.concept == HERE:
        return finding.why or wanted(finding.wants, vocabulary)
    if isinstance(rule, Recorded | Elapsed | Count) and finding.parts:
        concept = vocabulary[rule.look.concept]
        unknown = [(f, p) for f, p in _pairs(finding.facts, finding.parts) if p.truth is UNKNOWN]
        if unknown:
            clauses = [f"{concept.label} {when_text(f)}: {because(p, vocabulary, concept)}" for f, p in unknown]
            return joined(clauses)
    if finding.reason == "stale" and finding.seen:
        return _stale(finding, vocabulary)
    if finding.reason in ("missing", "judgement") and not finding.why:
        return wanted(finding.wants, vocabulary)
    why = finding.why or _why(finding, vocabulary)
    if isinstance(rule, Age) and finding.moment is not None:
        return f"{_aged(finding)}: {why}"
    if record is not None:
        told = field_text_of(finding, vocabulary, record)
    else:
        told = joined(fact_text(fact, vocabulary) for fact in finding.facts[:_SHOWN])
    return f"{told}: {why}" if told else why


def field_text_of(finding: Finding, vocabulary: Vocabulary, record: Concept) -> str:
    """What the record at hand says of the field that an open finding asks for."""
    rule = finding.rule
    if isinstance(rule, AllOf | AnyOf | Not | Unless | Age) or not finding.facts:
        return ""
    return _named(finding.facts[:1], rule.look, vocabulary, record)


def _why(finding: Finding, vocabulary: Vocabulary) -> str:
    """Why an inexact value leaves it open, in the words of the rule."""
    rule = finding.rule
    if finding.reason == "imprecise" and isinstance(rule, Compare):
        return f"it may lie on either side of {limit_text(rule.limit)}"
    if finding.reason == "imprecise" and isinstance(rule, Elapsed):
        ago = "ago" if rule.direction == "since" else "ahead"
        return f"its date does not tell whether that is {LASTS[rule.comparison]} {rule.duration} {ago}"
    return _REASONS[finding.reason]


def _stale(finding: Finding, vocabulary: Vocabulary) -> str:
    rule, fact = finding.rule, finding.seen[0]
    assert not isinstance(rule, AllOf | AnyOf | Not | Unless | Age)
    concept = vocabulary[fact.concept]
    if isinstance(fact.value, Nothing):
        holds = f" which holds for {concept.holds};" if concept.holds else ""
        return f"{concept.label}: none, {stated_text(fact)},{holds} nothing newer is on record"
    on = f" on {day_text(finding.moment.first)}" if finding.moment is not None and finding.moment.exact else ""
    distance = ""
    if finding.moment is not None and finding.moment.exact and fact.when.exact:
        days = finding.moment.lo - fact.when.lo
        distance = f", {_days(abs(days))} {'before' if days > 0 else 'after'} it" if days else ", the same day"
    window = window_text(rule.look, vocabulary)
    return f"no {concept.label}{window}{on} on record; the nearest is {when_text(fact)}{distance}"


# ---------------------------------------------------------------- what would settle it
def want_text(want: Want, vocabulary: Vocabulary) -> str:
    """What is wanted, for a list: "grade (pathology report)", "the laboratory's reference range of total bilirubin"."""
    name = _name(want, vocabulary)
    concept = vocabulary[want.concept]
    match want.reason:
        case "uncheckable" if concept.own_limits or concept.members:
            return f"{name}, with the laboratory's own reference range"
        case "uncheckable":
            return f"{name}, as a value that can be used"
        case "imprecise":
            return f"{name}, with a more exact value or date"
        case "conflicting":
            return f"{name}: which of the entries is right"
        case "stale":
            return f"{name}, from the time asked for"
        case _:
            return name


def _name(want: Want, vocabulary: Vocabulary) -> str:
    concept = vocabulary[want.concept]
    return f"{concept.fields[want.field].label} ({concept.label})" if want.field else concept.label


def asked_of(want: Want, vocabulary: Vocabulary) -> str:
    """Who can settle it: record, site, person or investigator."""
    concept = vocabulary[want.concept]
    who = concept.fields[want.field].who if want.field else concept.who
    return "investigator" if want.reason == "judgement" and who == "record" else who


def wanted(wants: Sequence[Want], vocabulary: Vocabulary) -> str:
    """What is wanted as a clause, by who can say it: "no histology or grade (pathology report) on record"."""
    groups: dict[tuple[str, str], list[Want]] = {}
    for want in wants:
        groups.setdefault((asked_of(want, vocabulary), want.concept if want.field else ""), []).append(want)
    clauses: list[str] = []
    for (who, record), members in groups.items():
        if record:
            fields = [vocabulary[record].fields[want.field].label for want in members]
            joint = "or" if who in ("record", "site") else "and"
            names = f"{listed(list(dict.fromkeys(fields)), joint)} ({vocabulary[record].label})"
        else:
            joint = "or" if who in ("record", "site") else "and"
            names = listed(list(dict.fromkeys(vocabulary[want.concept].label for want in members)), joint)
        clauses.append(f"no {names} on record" if who in ("record", "site") else f"only the {who} can say: {names}")
    return "; ".join(clauses)
