"""Nodes -> plain English: what a rule says. Findings -> why it is so, in the words of its evidence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ..concepts import Concept, Vocabulary
from ..dates import EARLIEST, LATEST, Span, completed_years, day_text, span_text
from ..facts import ONGOING, Choice, Fact, Nothing, Text, Value
from ..quantities import Comparison, Quantity, decimal_text, factor, number_text, rounded, scaled
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
    Moment,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Unless,
    Window,
)  # fmt: skip

_IS: Final[dict[Comparison, str]] = {
    "<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly", "!=": "other than",
}  # fmt: skip
_DURATION: Final[dict[Comparison, str]] = {
    "<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "exactly", "!=": "other than",
}  # fmt: skip


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
            at = "" if rule.moment.look is None else f" at {_moment(rule.moment, vocabulary)}"
            return f"age{at} is {_DURATION[rule.comparison]} {rule.years} years"
        case Elapsed():
            event = _event(rule.look, vocabulary, "any" if rule.look.selector == "any" else "the")
            return f"{_DURATION[rule.comparison]} {rule.duration} {rule.direction} {event}"
        case Count():
            return f"the number of {_event(rule.look, vocabulary, '')} is {_DURATION[rule.comparison]} {rule.number}"
        case Recorded():
            return _recorded_says(rule.look, vocabulary)
        case Compare():
            concept = concept_at(rule.look, vocabulary, record)
            return f"{_subject(rule.look, vocabulary, record)} {_IS[rule.comparison]} {limit_text(rule.limit, concept)}"
        case Normal():
            return f"{_subject(rule.look, vocabulary, record)} within the laboratory's normal range"
        case Is():
            concept = concept_at(rule.look, vocabulary, record)
            verb = "includes" if rule.quantifier == "some" else "is"
            return f"{_subject(rule.look, vocabulary, record)} {verb} {_answers(rule.answers, concept)}"
        case Grade():
            return (
                f"the grade of {_subject(rule.look, vocabulary, record)} is {_DURATION[rule.comparison]} {rule.number}"
            )
        case Change():
            subject = _subject(rule.look, vocabulary, record)
            by = f"{_DURATION[rule.comparison]} {decimal_text(rule.percent)} %"
            return f"{subject} {rule.direction} by {by} from {_moment(rule.baseline, vocabulary)}"


def _inner(rule: Rule, vocabulary: Vocabulary, record: Concept | None) -> str:
    text = says(rule, vocabulary, record)
    return f"({text})" if isinstance(rule, AllOf | AnyOf | Unless) else text


def _denied(rule: Rule, vocabulary: Vocabulary, record: Concept | None) -> str:
    match rule:
        case Recorded(look) if look.concept == HERE:
            return f"it is not dated {_window_text(look, vocabulary).strip()}"
        case Recorded(look) if look.where is None:
            return f"there is no {_event(look, vocabulary, '')}"
        case Recorded(look) if look.selector == "any":
            return f"there is no {_event(look, vocabulary, '')}"
        case Is():
            concept = concept_at(rule.look, vocabulary, record)
            return f"{_subject(rule.look, vocabulary, record)} is not {_answers(rule.answers, concept)}"
        case Normal():
            return f"{_subject(rule.look, vocabulary, record)} not within the laboratory's normal range"
        case _:
            return f"not {_inner(rule, vocabulary, record)}"


def _joined(parts: Sequence[str], joint: str) -> str:
    return f", {joint} ".join(parts) if len(parts) > 2 else f" {joint} ".join(parts)


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
    selector = {
        "latest": "",
        "first": "the first ",
        "any": "any ",
        "every": "every ",
        "highest": "the highest ",
        "lowest": "the lowest ",
    }
    window = f" {_window(look.window, vocabulary)}" if look.window else ""
    return f"{selector[look.selector]}{name}{window}"


def _event(look: Look, vocabulary: Vocabulary, article: str) -> str:
    concept = vocabulary[look.concept]
    window = f" {_window(look.window, vocabulary)}" if look.window else ""
    where = f" in which {says(look.where, vocabulary, concept)}" if look.where else ""
    return f"{article} {concept.label}{window}{where}".strip()


def _recorded_says(look: Look, vocabulary: Vocabulary) -> str:
    if look.concept == HERE:
        return f"it is dated {_window_text(look, vocabulary).strip()}"
    concept = vocabulary[look.concept]
    window = f" {_window(look.window, vocabulary)}" if look.window else ""
    if look.where is None:
        return f"{concept.label}{window} is on record"
    condition = says(look.where, vocabulary, concept)
    if look.selector == "any":
        return f"there is any {concept.label}{window} in which {condition}"
    return f"of {'every' if look.selector == 'every' else f'the {look.selector}'} {concept.label}{window}: {condition}"


def _moment(moment: Moment, vocabulary: Vocabulary) -> str:
    if moment.look is None:
        return "today"
    first = "first " if moment.look.selector == "first" else ""
    text = f"the {first}{vocabulary[moment.look.concept].label}"
    return f"{text} (or today, while none is on record)" if moment.or_today else text


def _window(window: Window, vocabulary: Vocabulary) -> str:
    moment = _moment(window.moment, vocabulary)
    if window.other is not None:
        return f"between {moment} and {_moment(window.other, vocabulary)}"
    if window.side == "around":
        return (
            f"on the day of {moment}" if not window.far or not window.far.count else f"within {window.far} of {moment}"
        )
    if window.far is None:
        if window.near.count == 0:
            return f"on or {window.side} {moment}"
        return (
            f"{window.side} {moment}"
            if str(window.near) == "1 day"
            else f"at least {window.near} {window.side} {moment}"
        )
    if window.near.count == 0:
        return f"within {window.far} {window.side} {moment}"
    return f"{window.near} to {window.far} {window.side} {moment}"


def _answers(answers: Sequence[str], concept: Concept) -> str:
    labels = [concept.answer_label(answer) for answer in answers]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"


def limit_text(limit: Limit, concept: Concept, unit: str = "") -> str:
    """A limit in words; of one stated in several units, the one in `unit` where there is such."""
    if isinstance(limit, OwnLimit):
        side = "upper" if limit.side == "ULN" else "lower"
        times = "" if limit.times == 1 else f"{decimal_text(limit.times)} times "
        return f"{times}the laboratory's {side} limit of normal"
    own = [quantity for quantity in limit.stated if quantity.unit == unit]
    stated = own or list(limit.stated)
    first, rest = str(stated[0]), [f" ({quantity})" for quantity in stated[1:]]
    return first + "".join(rest)


# ---------------------------------------------------------------- facts
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
            stated = [
                f"{fields[name].label if name in fields else name}: {value_text(part, fields.get(name))}"
                for name, part in value.items()
            ]
            return "; ".join(stated)


def when_text(fact: Fact) -> str:
    """When it was, as people say it: "on 2 March 2026", "in March 2026", "from ... to ..."."""
    when = fact.when
    if when.lo <= EARLIEST:
        return "(date not recorded)"
    start = f"on {span_text(when)}" if when.exact else _in(when)
    if fact.end is None or fact.end == when:
        return start
    begun = start.removeprefix("on ").removeprefix("in ")
    if fact.end.hi >= LATEST:
        return f"since {begun}" if fact.end == ONGOING else f"since {begun} (its end is not recorded)"
    return f"from {begun} to {span_text(fact.end)}"


def _in(when: Span) -> str:
    text = span_text(when)
    return text if text.startswith(("between", "on ")) else f"in {text}"


def fact_text(fact: Fact, vocabulary: Vocabulary, unit: str = "") -> str:
    """A fact as people say it: "haemoglobin 7.8 g/dL on 2 March 2026"."""
    concept = vocabulary.get(fact.concept)
    label = concept.label if concept else fact.concept
    if isinstance(fact.value, Nothing):
        stated = when_text(fact).strip("()")
        return f"{label}: none (stated {stated})" if fact.when.lo > EARLIEST else f"{label}: none (as stated, {stated})"
    if isinstance(fact.value, Span):
        return f"{label} {span_text(fact.value)}"
    if isinstance(fact.value, Mapping):
        kind = value_text(fact.value, concept)
        return f"{label} {when_text(fact)}" + (f" ({kind})" if kind else "")
    if isinstance(fact.value, Quantity):
        shown = fact.reported if fact.doubt and fact.reported else value_text(fact.value, concept, unit)
        return f"{label} {shown} {when_text(fact)}"
    return f"{label}: {value_text(fact.value, concept)} {when_text(fact)}"


# ---------------------------------------------------------------- why it is so
def because(finding: Finding, vocabulary: Vocabulary, record: Concept | None = None) -> str:
    """The clause that tells why the rule is true, false or unknown."""
    rule = finding.rule
    match rule:
        case AllOf() | AnyOf():
            return _because_joint(finding, vocabulary, record)
        case Not():
            return because(finding.parts[0], vocabulary, record)
        case Unless():
            return _because_unless(finding, vocabulary, record)
        case _:
            if finding.truth is UNKNOWN:
                return _open(finding, vocabulary, record)
            return _settled(finding, vocabulary, record)


def _because_joint(finding: Finding, vocabulary: Vocabulary, record: Concept | None) -> str:
    deciding = [part for part in finding.parts if part.truth is finding.truth]
    neutral = TRUE if isinstance(finding.rule, AllOf) else FALSE
    if finding.truth is not UNKNOWN and finding.truth is not neutral:
        deciding = deciding[:1]
    return _and(because(part, vocabulary, record) for part in deciding)


def _because_unless(finding: Finding, vocabulary: Vocabulary, record: Concept | None) -> str:
    part, exception = finding.parts
    if part.truth is not TRUE:
        return because(part, vocabulary, record)
    joint = "but" if finding.truth is not TRUE else "and"
    return f"{because(part, vocabulary, record)}, {joint} {because(exception, vocabulary, record)}"


def _and(clauses: Iterable[str]) -> str:
    different = _without_repeats(list(dict.fromkeys(clauses)))
    if any("," in clause or ";" in clause for clause in different) and len(different) > 1:
        return "; ".join(different)
    return different[0] if len(different) == 1 else f"{', '.join(different[:-1])} and {different[-1]}"


def _without_repeats(clauses: list[str]) -> list[str]:
    """Several clauses that end in the same bracket, with the bracket behind the last of them only."""
    ends = [clause[clause.rindex(" (") :] if clause.endswith(")") and " (" in clause else "" for clause in clauses]
    return [
        clause.removesuffix(end) if end and end in ends[number + 1 :] else clause
        for number, (clause, end) in enumerate(zip(clauses, ends, strict=True))
    ]


def _settled(finding: Finding, vocabulary: Vocabulary, record: Concept | None) -> str:
    rule = finding.rule
    match rule:
        case Age():
            return _because_age(rule, finding)
        case Elapsed():
            return _because_elapsed(rule, finding, vocabulary)
        case Recorded():
            return _because_recorded(rule.look, finding, vocabulary)
        case Count():
            label = vocabulary[rule.look.concept].label
            return f"{len(finding.facts)} {label} on record: {_facts(finding.facts, vocabulary)}"
        case AllOf() | AnyOf() | Not() | Unless():
            return because(finding, vocabulary, record)
        case _:
            if not finding.facts:
                return f"{_subject(rule.look, vocabulary, record)}: none is on record"
            return " and ".join(_because_value(rule, fact, finding, vocabulary, record) for fact in finding.facts[:2])


def _because_value(
    rule: Compare | Is | Normal | Grade | Change,
    fact: Fact,
    finding: Finding,
    vocabulary: Vocabulary,
    record: Concept | None,
) -> str:
    look = rule.look
    concept = concept_at(look, vocabulary, record)
    holds = finding.truth is TRUE
    no = "" if holds else "not "
    match rule:
        case Compare():
            unit = _limit_unit(rule.limit, fact, look)
            limit = limit_text(rule.limit, concept, unit)
            limit += _own(rule.limit, fact)
            return f"{_named(fact, look, vocabulary, record, unit)} is {no}{_IS[rule.comparison]} {limit}"
        case Normal():
            return f"{_named(fact, look, vocabulary, record)} is {no}within the laboratory's normal range{_range(fact)}"
        case Grade():
            return (
                f"{_named(fact, look, vocabulary, record)} is {no}of grade {_DURATION[rule.comparison]} {rule.number}"
            )
        case Change():
            says_ = f"{no}{_DURATION[rule.comparison]} {decimal_text(rule.percent)} %"
            base = _moment(rule.baseline, vocabulary)
            return f"{_named(fact, look, vocabulary, record)}: a change of {says_} from {base}"
        case Is():
            if isinstance(fact.value, Nothing):
                return fact_text(fact, vocabulary)
            return _named(fact, look, vocabulary, record) + ("" if holds else _instead(rule, concept))


def _instead(rule: Is, concept: Concept) -> str:
    """The answers that it is not, where the answer given does not already say so."""
    plain = concept.kind == "yes_no" or any(concept.answer_label(answer).startswith("not ") for answer in rule.answers)
    return "" if plain or concept.read_as else f", not {_answers(rule.answers, concept)}"


def _named(fact: Fact, look: Look, vocabulary: Vocabulary, record: Concept | None, unit: str = "") -> str:
    """What the fact says of the looked-at concept or field."""
    if look.concept != HERE and not look.field:
        return fact_text(fact, vocabulary, unit)
    concept = concept_at(look, vocabulary, record)
    value = fact.value.get(look.field) if isinstance(fact.value, Mapping) else None
    shown = "not recorded" if value is None else value_text(value, concept, unit)
    if value is None and concept.absence == "no":
        shown = "no (nothing else is recorded)"
    verb = " " if isinstance(value, Quantity) else ": "
    if look.concept == HERE:
        return f"{concept.label}{verb}{shown}"
    return f"{concept.label}{verb}{shown} ({vocabulary[look.concept].label} {when_text(fact)})"


def _limit_unit(limit: Limit, fact: Fact, look: Look) -> str:
    """The unit in which value and limit are shown together: that of the report where the limit is stated in it."""
    if not isinstance(limit, Absolute):
        return ""
    value = fact.value.get(look.field) if look.field and isinstance(fact.value, Mapping) else fact.value
    units = [quantity.unit for quantity in limit.stated]
    return value.unit if isinstance(value, Quantity) and value.unit in units else units[0]


def _own(limit: Limit, fact: Fact) -> str:
    """The laboratory's own limit in numbers: " (3 × 1.2 mg/dL = 3.6 mg/dL)"."""
    if not isinstance(limit, OwnLimit) or fact.reference is None:
        return ""
    own = fact.reference.high if limit.side == "ULN" else fact.reference.low
    if own is None or own.lo is None:
        return ""
    product = own._replace(lo=own.lo * limit.times, hi=own.lo * limit.times)
    return f" ({decimal_text(limit.times)} × {own} = {product})" if limit.times != 1 else f" ({own})"


def _range(fact: Fact) -> str:
    reference = fact.reference
    if reference is None:
        return ""
    low = number_text(reference.low) if reference.low else ""
    high = str(reference.high) if reference.high else ""
    if low and high:
        return f" ({low} to {high})"
    return f" (up to {high})" if high else f" (from {reference.low})" if low else ""


def _because_age(rule: Age, finding: Finding) -> str:
    born = finding.facts[0].value
    moment = finding.moment
    if not isinstance(born, Span) or moment is None:
        return "the date of birth is not exact enough"
    low, high = completed_years(born.hi, moment.lo), completed_years(born.lo, moment.hi)
    years = str(low) if low == high else f"{low} or {high}" if high == low + 1 else f"{low} to {high}"
    no = "" if finding.truth is TRUE else "not "
    return (
        f"aged {years} on {_day_or(moment)} (born {_born(born)}), {no}{_DURATION[rule.comparison]} {rule.years} years"
    )


def _born(born: Span) -> str:
    return span_text(born) if born.exact else _in(born)


def _day_or(moment: Span) -> str:
    return day_text(moment.first) if moment.exact else span_text(moment)


def _because_elapsed(rule: Elapsed, finding: Finding, vocabulary: Vocabulary) -> str:
    facts = [fact for fact in finding.facts if not isinstance(fact.value, Nothing)]
    label = vocabulary[rule.look.concept].label
    if not facts:
        stated = [fact_text(fact, vocabulary) for fact in finding.facts]
        return stated[0] if stated else f"no {label} is on record"
    holds = (finding.truth is TRUE) != (rule.comparison in (">", ">="))
    span = {"<": rule.duration, ">=": rule.duration}.get(rule.comparison, rule.duration)
    clauses = [_ago(fact, finding.moment, rule, vocabulary) for fact in facts[:3]]
    near = "less than" if rule.comparison in ("<", ">=") else "at most"
    return f"{_and(clauses)}, {'' if holds else 'not '}{near} {span}{'' if rule.direction == 'since' else ' ahead'}"


def _ago(fact: Fact, today: Span | None, rule: Elapsed, vocabulary: Vocabulary) -> str:
    text = f"{vocabulary[fact.concept].label} {_kind_text(fact, vocabulary)}{when_text(fact)}"
    end = fact.end if fact.end is not None else fact.when
    if fact.end == ONGOING:
        return f"{text} goes on"
    if today is None or not end.exact:
        return text
    days = today.lo - end.lo if rule.direction == "since" else end.lo - today.lo
    ended = "ended" if fact.end is not None and fact.end != fact.when else "was"
    return f"{text} {ended} {days} day{'' if days == 1 else 's'} {'ago' if rule.direction == 'since' else 'ahead'}"


def _kind_text(fact: Fact, vocabulary: Vocabulary) -> str:
    """The first answer of a record, which tells which of many it is: "(chemotherapy) "."""
    if not isinstance(fact.value, Mapping):
        return ""
    concept = vocabulary[fact.concept]
    for name, value in fact.value.items():
        if isinstance(value, Choice) and name in concept.fields and len(concept.fields[name].answers) > 4:
            return f"({value_text(value, concept.fields[name])}) "
    return ""


def _because_recorded(look: Look, finding: Finding, vocabulary: Vocabulary) -> str:
    if look.concept == HERE:
        no = "" if finding.truth is TRUE else "not "
        return f"it is {no}dated {_window_text(look, vocabulary).strip()}{_on(finding.moment)}"
    concept = vocabulary[look.concept]
    facts = [fact for fact in finding.facts if not isinstance(fact.value, Nothing)]
    none = [fact_text(fact, vocabulary) for fact in finding.facts if isinstance(fact.value, Nothing)]
    if not facts:
        if none:
            return none[0]
        return f"no {concept.label}{_window_text(look, vocabulary)} is on record"
    if finding.parts:
        return _and(_of_record(fact, part, vocabulary) for fact, part in zip(facts[:3], finding.parts, strict=False))
    there = _facts(facts[:3], vocabulary)
    if look.window is None:
        return f"{there} is on record"
    return (
        f"{there} is {'' if finding.truth is TRUE else 'not '}{_window(look.window, vocabulary)}{_on(finding.moment)}"
    )


def _of_record(fact: Fact, part: Finding, vocabulary: Vocabulary) -> str:
    concept = vocabulary[fact.concept]
    return f"{concept.label} {when_text(fact)}: {because(part, vocabulary, concept)}"


def _window_text(look: Look, vocabulary: Vocabulary) -> str:
    return f" {_window(look.window, vocabulary)}" if look.window else ""


def _facts(facts: Sequence[Fact], vocabulary: Vocabulary) -> str:
    return _and(fact_text(fact, vocabulary) for fact in facts) if facts else "none"


def _on(moment: Span | None) -> str:
    return f" on {day_text(moment.first)}" if moment is not None and moment.exact else ""


# ---------------------------------------------------------------- why it is open
def _open(finding: Finding, vocabulary: Vocabulary, record: Concept | None) -> str:
    rule = finding.rule
    if isinstance(rule, Recorded) and rule.look.concept == HERE:
        return finding.why or _wanted(finding.wants, vocabulary)
    if isinstance(rule, Recorded | Elapsed | Count) and finding.parts:
        record_concept = vocabulary[rule.look.concept]
        unknown = [(f, p) for f, p in zip(finding.facts, finding.parts, strict=False) if p.truth is UNKNOWN]
        if unknown:
            return _and(
                f"{record_concept.label} {when_text(f)}: {because(p, vocabulary, record_concept)}"
                for f, p in unknown[:3]
            )
    if finding.reason == "stale" and finding.seen:
        return _stale(finding, vocabulary)
    if finding.reason in ("missing", "judgement") and not finding.why:
        return _wanted(finding.wants, vocabulary)
    told = _and(fact_text(fact, vocabulary) for fact in finding.facts[:3]) if finding.facts and record is None else ""
    why = finding.why or _REASONS[finding.reason]
    if isinstance(rule, Compare) and finding.reason == "imprecise" and not finding.why:
        concept = concept_at(rule.look, vocabulary, record)
        why = f"it may lie on either side of {limit_text(rule.limit, concept)}"
    if isinstance(rule, Recorded | Count | Elapsed) and finding.reason == "missing":
        label = vocabulary[rule.look.concept].label
        return f"{told}; {why} ({label})" if told else f"{why} ({label})"
    if not told and record is not None and not isinstance(rule, AllOf | AnyOf | Not | Unless | Age):
        told = concept_at(rule.look, vocabulary, record).label
    return f"{told}: {why}" if told else why


_REASONS: Final = {
    "": "it is not known",
    "missing": "it is missing",
    "stale": "there is none in the time asked for",
    "imprecise": "it is not exact enough to decide",
    "uncheckable": "it cannot be checked",
    "conflicting": "the entries contradict each other",
    "judgement": "only a person can say",
}


def _stale(finding: Finding, vocabulary: Vocabulary) -> str:
    rule = finding.rule
    assert not isinstance(rule, AllOf | AnyOf | Not | Unless | Age)
    fact = finding.seen[0]
    label = vocabulary[fact.concept].label
    if isinstance(fact.value, Nothing):
        holds = vocabulary[fact.concept].holds
        until = f", which holds for {holds}" if holds else ""
        return f"{label}: none was stated {when_text(fact).strip('()')}{until}; nothing newer is on record"
    window = _window(rule.look.window, vocabulary) if rule.look.window else "in the time asked for"
    distance = ""
    if finding.moment is not None and finding.moment.exact and fact.when.exact:
        days = finding.moment.lo - fact.when.lo
        side = "before" if days >= 0 else "after"
        distance = f", {abs(days)} day{'' if abs(days) == 1 else 's'} {side} it"
    return f"no {label} {window}{_on(finding.moment)} is on record; the nearest is {when_text(fact)}{distance}"


def want_text(want: Want, vocabulary: Vocabulary) -> str:
    """What is wanted, for a list: "grade (pathology report)"."""
    concept = vocabulary[want.concept]
    return f"{concept.fields[want.field].label} ({concept.label})" if want.field else concept.label


def asked_of(want: Want, vocabulary: Vocabulary) -> str:
    """Who can settle it: record, site, person or investigator."""
    concept = vocabulary[want.concept]
    who = concept.fields[want.field].who if want.field else concept.who
    return "investigator" if want.reason == "judgement" and who == "record" else who


def _wanted(wants: Sequence[Want], vocabulary: Vocabulary) -> str:
    """What is wanted as a clause, by who can say it: "no histology or grade (pathology report) on record"."""
    groups: dict[str, list[str]] = {}
    for want in wants:
        groups.setdefault(asked_of(want, vocabulary), []).append(want_text(want, vocabulary))
    clauses: list[str] = []
    for who, names in groups.items():
        names = _without_repeats(list(dict.fromkeys(names)))
        if who in ("record", "site"):
            clauses.append(f"no {_listed(names, 'or')} on record")
        else:
            clauses.append(f"only the {who} can say: {_listed(names, 'and')}")
    return "; ".join(clauses)


def _listed(names: Sequence[str], joint: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}"


def _shortened(value: Quantity) -> Quantity:
    """A computed number to four digits; a reported one as it stands."""
    long = any(number is not None and len(number.as_tuple().digits) > 9 for number in (value.lo, value.hi))
    return rounded(value, 4) if long else value
