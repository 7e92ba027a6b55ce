"""One person's facts as of a day, ready to be asked: what there is of a concept, and whether that is all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from ..concepts import NO, Concept, Vocabulary
from ..dates import Span, shifted
from ..facts import Fact, Nothing, chosen, current
from ..quantities import Quantity
from .formulas import FORMULAS, computed
from .nodes import Moment

_NO_FACTS: Final[tuple[Fact, ...]] = ()
_NO_GROUNDS: Final[Mapping[str, str]] = MappingProxyType({})


class Closure(NamedTuple):
    """Whether the known facts of a concept are all there are; the facts that say so, and the assumption made."""

    closed: bool
    facts: tuple[Fact, ...] = ()
    assumption: str = ""


_OPEN: Final = Closure(False)
_CLOSED: Final = Closure(True)


@dataclass(slots=True)
class Case:
    """What is known of one person on `known_on`, asked as of `today` (ordinals; today may be later, never earlier).

    complete: concepts of which the source was declared complete. grounds: concept -> the assumption in a sentence,
    where something else than the import declares it.
    """

    vocabulary: Vocabulary
    by_concept: dict[str, tuple[Fact, ...]]
    none_stated: dict[str, Fact]
    known_on: int
    today: int
    complete: frozenset[str] = frozenset()
    moments: dict[str, tuple[Span | None, tuple[Fact, ...]]] = field(
        default_factory=dict[str, tuple[Span | None, tuple[Fact, ...]]]
    )
    derived: dict[str, tuple[Fact, ...]] = field(default_factory=dict[str, tuple[Fact, ...]])
    grounds: Mapping[str, str] = field(default_factory=dict[str, str])

    def of(self, name: str) -> tuple[Fact, ...]:
        """The facts of a concept, earliest first; those of its members, or the computed one, where it has such."""
        concept = self.vocabulary[name]
        if not concept.members and not concept.formula:
            return self.by_concept.get(name, _NO_FACTS)
        if name not in self.derived:
            self.derived[name] = self._joined(concept) if concept.members else self._computed(concept)
        return self.derived[name]

    def over_time(self, name: str) -> tuple[Fact, ...]:
        """The facts of a concept, and of a computed one also what it was on earlier days, earliest first."""
        concept = self.vocabulary[name]
        return self._history(concept) if concept.formula and not concept.members else self.of(name)

    def closure(self, name: str) -> Closure:
        """Are the known facts of the concept all there are up to today?"""
        concept = self.vocabulary[name]
        stated = self.none_stated.get(name)
        if stated is not None and self._still_holds(stated, concept):
            return Closure(True, (stated,))
        if name in self.grounds:
            return Closure(True, (), self.grounds[name])
        if name in self.complete:
            return Closure(True, (), f"All facts about {concept.label} are on record (declared complete on import).")
        if concept.absence == "no" or (concept.once and name in self.by_concept):
            return _CLOSED
        if concept.complete_when_any and name in self.by_concept:
            return Closure(True, (), f"Every {concept.label} is on record, since one is.")
        return _OPEN

    def _still_holds(self, stated: Fact, concept: Concept) -> bool:
        """Is nothing newer on record than the statement of none, and is it not older than it may be?"""
        newest = max((fact.when.hi for fact in self.of(concept.name)), default=0)
        old = concept.holds is not None and shifted(stated.when.lo, concept.holds) < self.today
        return newest <= stated.when.hi and not old

    def at(self, today: int) -> "Case":
        """The same facts, asked on a later day."""
        return Case(
            self.vocabulary, self.by_concept, self.none_stated, self.known_on, today, self.complete,
            grounds=self.grounds,
        )  # fmt: skip

    def when(self, moment: Moment) -> tuple[Span | None, tuple[Fact, ...]]:
        """The days that a moment may be (None: not on record), and the facts that say so."""
        if moment.look is None:
            return Span(self.today, self.today), _NO_FACTS
        known = self.moments.get(moment.name)
        if known is None:
            facts = self.of(moment.look.concept)
            found = first_of(facts) if moment.look.selector == "first" else latest_of(facts)
            span = None
            for fact in () if any(fact.doubt for fact in found) else found:
                span = fact.when if span is None else span.hull(fact.when)
            known = (span, tuple(found))
            self.moments[moment.name] = known
        if known[0] is None and moment.or_today and not known[1]:
            return Span(self.today, self.today), _NO_FACTS
        return known

    def _joined(self, concept: Concept) -> tuple[Fact, ...]:
        """The facts of a concept's members, together in order of time, each once also where two members share it."""
        own = self.by_concept.get(concept.name, _NO_FACTS)
        every = (*own, *(fact for member in concept.members for fact in self.of(member)))
        return tuple(sorted({id(fact): fact for fact in every}.values(), key=_order))

    def _computed(self, concept: Concept) -> tuple[Fact, ...]:
        """The one fact that a formula gives of the latest of its inputs; none when an input is missing or in doubt."""
        inputs = self._inputs(concept, None)
        fact = None if inputs is None else self._by_formula(concept, inputs, self.today)
        return _NO_FACTS if fact is None else (fact,)

    def _history(self, concept: Concept) -> tuple[Fact, ...]:
        """What a formula gave on each day on which a measured input of it became known, by the inputs as they stood.

        Where they did not give it on a day (one was missing, or in doubt) a fact in doubt says so, so that no older
        value is taken for that day's.
        """
        measured = [name for argument, name in concept.inputs.items() if FORMULAS[concept.formula].arguments[argument]]
        days = sorted({fact.when.hi for name in measured for fact in self.of(name)})
        if not days or not all(self.of(name) for name in concept.inputs.values()):
            return _NO_FACTS
        key = f"{concept.name} over time"
        if key not in self.derived:
            now = self.of(concept.name)
            earlier = [self._as_of(concept, day) for day in (days[:-1] if now else days)]
            self.derived[key] = (*dict.fromkeys(earlier), *now)
        return self.derived[key]

    def _as_of(self, concept: Concept, day: int) -> Fact:
        """What the formula gave on an earlier day, with the age of that day."""
        inputs = self._inputs(concept, day)
        fact = None if inputs is None else self._by_formula(concept, inputs, day)
        if fact is not None:
            return fact
        person = next(fact.person for name in concept.inputs.values() for fact in self.of(name))
        nothing = Quantity(None, None, concept.unit)
        return Fact(person, concept.name, nothing, Span(day, day), doubt="it could not be computed on that day")

    def _inputs(self, concept: Concept, day: int | None) -> dict[str, Fact] | None:
        """The latest fact of each argument (by the day, of what is measured); None unless there is exactly one."""
        units = FORMULAS[concept.formula].arguments
        chosen: dict[str, Fact] = {}
        for argument, name in concept.inputs.items():
            facts: Sequence[Fact] = self.of(name)
            if day is not None and units[argument]:
                facts = [fact for fact in facts if fact.when.lo <= day]
            found = latest_of(facts)
            if len(found) != 1:
                return None
            chosen[argument] = found[0]
        return chosen

    def _by_formula(self, concept: Concept, inputs: Mapping[str, Fact], day: int) -> Fact | None:
        formula = FORMULAS[concept.formula]
        masses = {argument: self.vocabulary[name].molar_mass for argument, name in concept.inputs.items()}
        value = computed(formula, inputs, masses, day)
        if value is None:
            return None
        dated = [inputs[argument].when for argument, unit in formula.arguments.items() if unit]
        when = Span(max(span.lo for span in dated), max(span.hi for span in dated))
        sources = ", ".join(fact.source for fact in inputs.values() if fact.source)
        person = next(iter(inputs.values())).person
        return Fact(person, concept.name, value, when, source=sources)


def build_case(
    facts: Iterable[Fact], on: date, vocabulary: Vocabulary, complete: Iterable[str] = (),
    grounds: Mapping[str, str] = _NO_GROUNDS,
) -> Case:  # fmt: skip
    """The case of one person on a day: the facts that stand by then (facts.current), grouped and in order of time."""
    day = on.toordinal()
    grouped: dict[str, list[Fact]] = {}
    none_stated: dict[str, Fact] = {}
    for fact in current(facts, on, lambda name: name in vocabulary and vocabulary[name].planned):
        concept = vocabulary.get(fact.concept)
        if concept is None:
            continue
        if isinstance(fact.value, Nothing) and concept.kind == "yes_no":
            fact = replace(fact, value=chosen(NO))
        if isinstance(fact.value, Nothing):
            earlier = none_stated.get(fact.concept)
            if earlier is None or (fact.when.hi, fact.when.lo) > (earlier.when.hi, earlier.when.lo):
                none_stated[fact.concept] = fact
            continue
        grouped.setdefault(fact.concept, []).append(_known_by(fact, day))
    ordered = {
        name: tuple(sorted(known, key=_order)) if len(known) > 1 else tuple(known) for name, known in grouped.items()
    }
    return Case(vocabulary, ordered, none_stated, day, day, frozenset(complete), grounds=grounds)


def _known_by(fact: Fact, day: int) -> Fact:
    """The fact without the days after the one on which it was already known."""
    return replace(fact, when=fact.when.until(day)) if fact.when.lo <= day < fact.when.hi else fact


_order = attrgetter("when", "source")


def end_of(fact: Fact) -> Span:
    """The days on which the event was over: its end, or its moment; what goes on ends on the last day there is."""
    end = fact.end
    if end is None:
        return fact.when
    return end if end.lo >= fact.when.lo else Span(fact.when.lo, max(end.hi, fact.when.lo))


def latest_of(facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts that may be the latest: those that no other surely follows. One, where exact dates differ."""
    if len(facts) < 2:
        return facts
    newest = max(fact.when.lo for fact in facts)
    return [fact for fact in facts if fact.when.hi >= newest]


def first_of(facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts that may be the first."""
    if len(facts) < 2:
        return facts
    oldest = min(fact.when.hi for fact in facts)
    return [fact for fact in facts if fact.when.lo <= oldest]
