"""Edit checks: may this fact be written into the ledger, and what about it has to be asked? Faults are refused, doubts
are kept with a question."""

from collections.abc import Iterable
from datetime import date

from ..concepts import Concept, Vocabulary
from ..dates import Span, day_text
from ..facts import ONGOING, Choice, Fact, Nothing, Text, Value, is_record
from ..participant.moves import Refused
from ..quantities import Quantity, converted, unit_text
from ..rules.prose import fact_text

# Nobody alive was born before: such a day is a slip of the keys, or what a database writes for "not known".
_EARLIEST = date(1900, 1, 1)

_KIND_OF = {Quantity: "quantity", Choice: "choice", Span: "date", Text: "text", Nothing: "none"}


def check_fact(fact: Fact, vocabulary: Vocabulary, today: date) -> None:
    """Raises Refused for what no form would take: a word, kind, unit or answer that does not exist, a day ahead."""
    concept = vocabulary.get(fact.concept)
    if concept is None:
        raise Refused(f'"{fact.concept}" is not a word of this protocol: use one of its concepts.')
    if concept.members or concept.formula:
        raise Refused(f"{concept.label} is worked out of other values: record those.")
    _check_value(fact.value, concept)
    _check_limits(fact, concept)
    _check_days(fact, concept, today)


def _check_days(fact: Fact, concept: Concept, today: date) -> None:
    """No day of it, and no date that it states, lies ahead or before anybody's birth; nothing ends before it begins."""
    stated = [fact.when, *([fact.value] if isinstance(fact.value, Span) else [])]
    stated += [fact.end] if fact.end is not None and fact.end != ONGOING else []
    ahead = max(stated, key=lambda span: span.lo)
    if ahead.lo > today.toordinal() and not concept.planned:
        raise Refused(
            f"{concept.label} is dated {day_text(ahead.first)}, which lies ahead: record it when it has been."
        )
    long_ago = min(stated, key=lambda span: span.hi)
    if long_ago.hi < _EARLIEST.toordinal():
        raise Refused(
            f"{concept.label} is dated {day_text(long_ago.last)}: check the year, or say that it is not known."
        )
    if fact.end is not None and fact.end.hi < fact.when.lo:
        raise Refused(f"{concept.label} ends on {fact.end}, before it begins on {fact.when}: check both days.")


def _check_value(value: Value, concept: Concept) -> None:
    if isinstance(value, Nothing):
        return
    if is_record(value) != (concept.kind == "record"):
        raise Refused(f"{concept.label} is a {concept.kind.replace('_', '/')}: the value is of another kind.")
    if is_record(value):
        for name, part in value.items():
            if name not in concept.fields:
                raise Refused(f'{concept.label} has no field "{name}": it has {", ".join(concept.fields) or "none"}.')
            _check_value(part, concept.fields[name])
        return
    kind = _KIND_OF[type(value)]
    if kind != "text" and kind != concept.kind.replace("yes_no", "choice"):
        raise Refused(f"{concept.label} is a {concept.kind.replace('_', '/')}, not a {kind}.")
    if isinstance(value, Choice):
        _check_answers(value, concept)
    if isinstance(value, Quantity) and converted(value, concept.unit, concept.molar_mass) is None:
        wrong = f'is not measured in "{value.unit}"' if value.unit else "is stated without its unit"
        raise Refused(f"{concept.label} {wrong}: use {unit_text(concept.unit) or 'no unit'}.")


def _check_limits(fact: Fact, concept: Concept) -> None:
    """The laboratory's own limits are of the kind of the value, and in their order."""
    if fact.reference is None:
        return
    low, high = (
        None if limit is None else converted(limit, concept.unit, concept.molar_mass)
        for limit in (fact.reference.low, fact.reference.high)
    )
    if (low is None, high is None) != (fact.reference.low is None, fact.reference.high is None):
        raise Refused(f"The limits of {concept.label} are in a unit of something else: use {unit_text(concept.unit)}.")
    if low is not None and high is not None and low.lo is not None and high.hi is not None and low.lo > high.hi:
        raise Refused(f"The lower limit of {concept.label} lies above the upper one: check both.")


def _check_answers(value: Choice, concept: Concept) -> None:
    answers = set(concept.answers) if concept.kind == "choice" else {"yes", "no"}
    strange = sorted(value.answers - answers)
    if strange or not value.answers:
        named = f'"{strange[0]}"' if strange else "nothing"
        raise Refused(f"{concept.label} cannot be {named}: the answers are {', '.join(sorted(answers))}.")
    if len(value.answers) > 1 and not concept.several:
        raise Refused(f"{concept.label} has one answer, not {len(value.answers)}.")


def doubts(value: Value, concept: Concept) -> tuple[str, ...]:
    """What about a value has to be asked, as clauses: sizes that a living person hardly has. Nothing is changed."""
    if isinstance(value, Quantity):
        return tuple(_sizes(value, concept))
    if isinstance(value, Nothing) or not is_record(value):
        return ()
    return tuple(text for name, part in value.items() for text in doubts(part, concept.fields[name]))


def _sizes(value: Quantity, concept: Concept) -> Iterable[str]:
    own = converted(value, concept.unit, concept.molar_mass)
    if own is None:
        return
    if concept.whole and own.exact and own.lo is not None and own.lo % 1 != 0:
        yield f"{concept.label} {value} is not a whole number"
    if concept.plausible is None:
        return
    low, high = concept.plausible
    if (own.hi is not None and own.hi < low) or (own.lo is not None and own.lo > high):
        yield f"{concept.label} {value} is outside {low} to {high} {unit_text(concept.unit)}".rstrip()


def same_place(fact: Fact, facts: Iterable[Fact], vocabulary: Vocabulary) -> Fact | None:
    """A standing fact that answers the same question of the same moment: what is recorded now would change it.

    Events of one kind can occur twice on a day (adverse events, treatments), so a record is only its own twin; and two
    entries of the hospital's records (two blood samples) are two facts, even of one day.
    """
    concept = vocabulary[fact.concept]
    for known in facts:
        if known.concept != fact.concept:
            continue
        apart = known.source and fact.source and known.source != fact.source and known.value != fact.value
        if concept.once or (known.when == fact.when and not apart):
            if is_record(fact.value) and known.value != fact.value and not concept.once:
                continue
            return known
    return None


def check_unchanged(fact: Fact, known: Fact, vocabulary: Vocabulary) -> None:
    """Raises Refused where the fact says otherwise than the one recorded: that is a correction, and needs a reason.

    One that leaves out the laboratory's limits does not say otherwise.
    """
    same = (known.value, known.when, known.end) == (fact.value, fact.when, fact.end)
    if same and fact.reference in (None, known.reference):
        return
    if not known.id:
        raise Refused(f"Two things are stated of one moment, one of them {fact_text(known, vocabulary)}: state one.")
    raise Refused(
        f"Already recorded: {fact_text(known, vocabulary)} (entry {known.id[1:]}). Correct that entry, with a reason."
    )
