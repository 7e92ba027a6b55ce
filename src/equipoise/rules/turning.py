"""The days on which a rule's truth can change by itself: a window opens or closes, a birthday comes."""

from collections.abc import Iterable, Iterator

from ..dates import LATEST, Duration, Span, birthday, completed_years, shifted
from ..facts import Fact
from .case import Case, end_of
from .nodes import HERE, TODAY, Age, AllOf, AnyOf, Elapsed, Moment, Not, Rule, Unless, Window, parts_of

_ONE_DAY = Duration(1, "day")
_YEARS_AHEAD = 2  # for what changes with every birthday: by then its measurements are out of date


def turning_points(rule: Rule, case: Case) -> set[int]:
    """Every later day (ordinal) on which the rule may have another truth than the day before; perhaps some more."""
    return {day for day in _days(rule, case) if case.today < day < LATEST}


def _days(rule: Rule, case: Case) -> Iterator[int]:
    for node, record in _with_records(rule):
        match node:
            case Age():
                if _is_today(node.moment, case):
                    yield from _birthdays(case, (node.years, node.years + 1))
            case Not() | AllOf() | AnyOf() | Unless():
                continue
            case _:
                if isinstance(node, Elapsed):
                    yield from _elapsed_days(node, case)
                concept = record if node.look.concept == HERE else node.look.concept
                yield from _end_of_none(concept, case)
                if node.look.window is not None:
                    yield from _window_days(concept, node.look.window, case)
                if node.look.concept != HERE and case.vocabulary[node.look.concept].formula:
                    yield from _birthdays(case, _coming_ages(case))


def _end_of_none(concept: str, case: Case) -> Iterator[int]:
    """The first day on which a statement of none no longer holds."""
    stated, holds = case.none_stated.get(concept), case.vocabulary[concept].holds
    if stated is not None and holds is not None:
        yield shifted(stated.when.lo, holds) + 1


def _with_records(rule: Rule, record: str = "") -> Iterator[tuple[Rule, str]]:
    """The rule and all rules within it, each with the concept of the record that it speaks of, if it does."""
    yield rule, record
    inner = record
    if not isinstance(rule, Not | AllOf | AnyOf | Unless | Age) and rule.look.concept != HERE:
        inner = rule.look.concept
    for part in parts_of(rule):
        yield from _with_records(part, inner)


def _is_today(moment: Moment, case: Case) -> bool:
    return moment == TODAY or (moment.or_today and not case.when(moment)[1])


def _birthdays(case: Case, ages: Iterable[int]) -> Iterator[int]:
    for fact in case.of("birth_date") if "birth_date" in case.vocabulary else ():
        if isinstance(fact.value, Span):
            for age in ages:
                yield birthday(fact.value.lo, age)
                yield birthday(fact.value.hi, age)


def _coming_ages(case: Case) -> Iterable[int]:
    """The ages that are completed next: what a formula of age gives changes at each of them."""
    ages = [completed_years(f.value.hi, case.today) + 1 for f in case.of("birth_date") if isinstance(f.value, Span)]
    return range(min(ages), min(ages) + _YEARS_AHEAD) if ages else ()


def _edges(fact: Fact) -> tuple[int, ...]:
    end = end_of(fact)
    return fact.when.lo, fact.when.hi, end.lo, end.hi


def _elapsed_days(rule: Elapsed, case: Case) -> Iterator[int]:
    for fact in case.of(rule.look.concept):
        if rule.direction == "until":
            value = fact.value if isinstance(fact.value, Span) else fact.when
            edges, sign = (value.lo, value.hi), -1
            yield value.hi + 1
        else:
            edges, sign = _edges(fact), 1
        for edge in edges:
            turn = shifted(edge, rule.duration, sign)
            yield turn
            yield turn + 1


def _window_days(concept: str, window: Window, case: Case) -> Iterator[int]:
    if not any(moment is not None and _is_today(moment, case) for moment in (window.moment, window.other)):
        return
    sign = 1 if window.side in ("before", "around") else -1
    for fact in case.over_time(concept):
        for edge in _edges(fact):
            for by in (window.near, window.far or _ONE_DAY):
                turn = shifted(edge, by, sign)
                # A month before the last days of March is the last day of February: up to three days more.
                yield from range(turn, turn + (2 if by.days is not None else 5))
