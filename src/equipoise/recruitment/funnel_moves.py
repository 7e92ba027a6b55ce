"""What if a number of one criterion were another: the criteria that this asks for, and what each would change.

A line of text says what moves: "E8: haemoglobin < 7.5 g/dL", or "I8 window to 16 weeks"; a sweep is "E8 from 7.0 to 9.0
by 0.25". Only a number moves; whoever wants another rule writes it into a copy of the trial.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from ..faults import Fault
from ..protocol.model import Criterion, Protocol
from ..rules.grammar import Language, RuleError, parse
from ..rules.nodes import Rule, every_rule
from ..rules.numbers import WHOLE, Amount, Movable, numbers_of, with_number
from ..rules.prose import says
from .funnel import Counts, Marks, Pattern, counted, favour_of, marks_of
from .funnel_numbers import amount_of, in_unit, place_of

MOST: Final = 200  # numbers that one sweep may try


@dataclass(frozen=True, slots=True)
class Variant:
    """A criterion of the trial with other numbers: the text of `criterion` says its rule in words, `stated` the old."""

    criterion: Criterion
    stated: Criterion

    @property
    def changes(self) -> tuple[tuple[Movable, Movable], ...]:
        """The numbers that moved: as the protocol states them, and as they are here."""
        pairs = zip(numbers_of(self.stated.rule), numbers_of(self.criterion.rule), strict=True)
        return tuple((old, new) for old, new in pairs if old != new)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One number of one criterion, tried at several amounts.

    own: the protocol's number in the unit of the amounts; None where it has none in that. several: the protocol states
    it in more than one unit, and what is tried is in one.
    """

    criterion: Criterion
    number: Movable
    own: Amount | None
    amounts: tuple[Amount, ...]
    variants: tuple[Variant, ...]

    @property
    def several(self) -> bool:
        return len(self.number.stated) > 1


class Moved(NamedTuple):
    """Everybody by the verdict that they would have, and how many more that are than by the protocol (may be fewer)."""

    variant: Variant
    counts: Counts
    more_eligible: int
    more_possible: int


class Curve(NamedTuple):
    """A sweep, counted: a point for each of its numbers, in order."""

    sweep: Sweep
    points: tuple[Moved, ...]


# ---------------------------------------------------------------- counting
def moved(patterns: Sequence[Pattern], criteria: Sequence[Criterion], variants: Sequence[Variant]) -> list[Moved]:
    """What each variant would change: its criterion judged anew, all others as they are.

    patterns: their truths are of the criteria and then of the variants' criteria, both in order.
    """
    kinds = [criterion.kind for criterion in criteria]
    places = {criterion.id: place for place, criterion in enumerate(criteria)}
    marked = [(marks_of(pattern.truths[: len(kinds)], kinds), pattern) for pattern in patterns]
    now = _counts((marks, pattern.people) for marks, pattern in marked)
    found: list[Moved] = []
    for column, variant in enumerate(variants, len(kinds)):
        place, kind = places[variant.criterion.id], variant.criterion.kind
        then = _counts(
            (marks.with_favour(place, favour_of(pattern.truths[column], kind)), pattern.people)
            for marks, pattern in marked
        )
        found.append(Moved(variant, then, then.eligible - now.eligible, then.possible - now.possible))
    return found


def _counts(marked: Iterable[tuple[Marks, int]]) -> Counts:
    people: Counter[Marks] = Counter()
    for marks, number in marked:
        people[marks] += number
    return counted(people)


# ---------------------------------------------------------------- reading what moves
def read_move(text: str, trial: Protocol) -> Variant:
    """The variant that a line asks for: "E8: haemoglobin < 7.5 g/dL", or "E8 to 7.5 g/dL". Raises Fault."""
    identifier, colon, clause = text.partition(":")
    if colon and len(identifier.split()) == 1:
        return _by_clause(_criterion(identifier.strip(), trial), clause.strip(), trial)
    start, _, end = text.rpartition(" to ")
    words = start.split()
    if not words or not end.strip():
        raise Fault(f'--move "{text}" cannot be read: write "E8: haemoglobin < 7.5 g/dL" or "E8 to 7.5 g/dL".')
    criterion = _criterion(words[0], trial)
    place = place_of(words[1:], criterion)
    return _variant(criterion, place, amount_of(end, numbers_of(criterion.rule)[place], trial.vocabulary), trial)


def read_sweep(text: str, trial: Protocol) -> Sweep:
    """The sweep that a line asks for: "E8 from 7.0 to 9.0 g/dL by 0.25", "I8 window 8 to 24 weeks". Raises Fault."""
    range_, _, by = text.partition(" by ")
    start, _, end = range_.rpartition(" to ")
    words = [word for word in start.split() if word != "from"]
    if len(words) < 2 or not end.strip():
        example = '"E8 from 7.0 to 9.0 by 0.25" or "I8 window 8 to 24 weeks"'
        raise Fault(f'--sweep "{text}" cannot be read: write {example}.')
    criterion = _criterion(words[0].removesuffix(":"), trial)
    place = place_of(words[1:-1], criterion)
    number = numbers_of(criterion.rule)[place]
    if not by.strip() and number.kind not in WHOLE:
        raise Fault(f'--sweep "{text}" does not say its steps: write "... by 0.25" behind it.')
    last = amount_of(end, number, trial.vocabulary)
    first, step = (amount_of(_with_unit(each, end), number, trial.vocabulary) for each in (words[-1], by or "1"))
    if step.unit != last.unit:
        raise Fault(f'--sweep "{text}" goes in steps of another unit than its range: write both in one.')
    amounts = [Amount(value, last.unit) for value in _range(text, first.number, last.number, step.number)]
    variants = tuple(_variant(criterion, place, amount, trial) for amount in amounts)
    return Sweep(criterion, number, in_unit(number, last.unit, trial.vocabulary), tuple(amounts), variants)


def _with_unit(amount: str, other: str) -> str:
    """The text of an amount; where it names no unit, with that of the other."""
    return amount if len(amount.split()) > 1 else " ".join([amount, *other.split()[1:]])


def _range(text: str, first: Decimal, last: Decimal, step: Decimal) -> list[Decimal]:
    if first >= last or step <= 0:
        raise Fault(f'--sweep "{text}" has no way to go: write the smaller number first, and steps above 0.')
    number = int((last - first) / step) + 1
    if number > MOST:
        raise Fault(f'--sweep "{text}" asks for {number:,} numbers, more than {MOST}: write longer steps.')
    return [first + step * each for each in range(number)]


def _criterion(identifier: str, trial: Protocol) -> Criterion:
    for criterion in trial.criteria:
        if criterion.id.casefold() == identifier.casefold():
            return criterion
    raise Fault(f'"{identifier}" is not a criterion of {trial.acronym}: there are {", ".join(trial.ids)}.')


def _variant(criterion: Criterion, place: int, amount: Amount, trial: Protocol) -> Variant:
    try:
        rule = with_number(criterion.rule, place, amount)
    except ValueError as error:
        raise Fault(f"{criterion.id} cannot have {amount} there: {error}.") from None
    return _ruled(criterion, rule, trial)


def _ruled(criterion: Criterion, rule: Rule, trial: Protocol) -> Variant:
    return Variant(replace(criterion, rule=rule, text=says(rule, trial.vocabulary)), criterion)


def _by_clause(criterion: Criterion, clause: str, trial: Protocol) -> Variant:
    """The criterion with the clause in place of the one clause of its rule that differs from it by numbers only."""
    steps = {name: grading.steps for name, grading in trial.gradings.items()}
    try:
        asked = parse(clause, Language(trial.vocabulary, trial.moments, steps))
    except RuleError as error:
        mark = " " * error.position + "^" * max(1, error.length)
        raise Fault(f"--move: the rule for {criterion.id}: {error.message}\n    {clause}\n    {mark}") from None
    numbers, new = numbers_of(criterion.rule), numbers_of(asked)
    tried = [_from(start, new, criterion.rule) for start in range(len(numbers) - len(new) + 1) if new]
    rules = [rule for rule in tried if rule is not None and asked in every_rule(rule)]
    if len(rules) != 1:
        stated = "; ".join(str(number) for number in numbers) or "it states none"
        raise Fault(
            f'--move: "{clause}" is {"more than one clause" if rules else "no clause"} of {criterion.id} with another '
            f"number. Only numbers move ({stated}); another rule is written into a copy of the trial's folder."
        )
    return _ruled(criterion, rules[0], trial)


def _from(start: int, new: Sequence[Movable], rule: Rule) -> Rule | None:
    """The rule with its numbers from a place on replaced by these; None where they are of another kind."""
    for place, number in enumerate(new, start):
        if numbers_of(rule)[place][:3] != number[:3]:
            return None
        try:
            rule = with_number(rule, place, *number.stated)
        except ValueError:
            return None
    return rule
