"""What one fact says, as SQL over its row: the counterpart of rules.values, truth by truth.

Numbers are compared in the unit as reported: a limit is converted, exactly, into each unit that there is, and where it
does not end within the decimals of the tables the nearest number on the right side stands for it.
"""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from ...concepts import NO, Concept
from ...quantities import UNITS, Comparison, factor
from ..nodes import Absolute, Age, Change, Compare, Elapsed, Grade, Is, Limit, Normal, Rule, Step
from ..tables import SEPARATOR
from .dialects import Dialect
from .text import FALSE_, TRUE_, UNKNOWN_, any_of, case, day, greatest, least, negated, number, rounded, word, words

# A number of the tables has 28 digits. With these of a factor the product has no more than 37, and neither a comparison
# with a hundredfold number of the tables.
_DIGITS_OF_FACTORS: Final = 8
_DECIMALS_OF_FACTORS: Final = 5
_LONG: Final = Context(prec=500)


# ---------------------------------------------------------------- numbers
class Bounds(NamedTuple):
    """The expressions of a number in a row: its bounds, whether they are open, its unit, the laboratory's limits."""

    lo: str
    hi: str
    lo_open: str
    hi_open: str
    unit: str
    ref_low: str = ""
    ref_high: str = ""


def bounds_of(prefix: str, limits: bool) -> Bounds:
    """The columns that begin with `prefix`; limits: are those of the laboratory among them?"""
    lo, hi, lo_open, hi_open, unit, low, high = (
        f"{prefix}{name}" for name in ("lo", "hi", "lo_open", "hi_open", "unit", "ref_low", "ref_high")
    )
    return Bounds(lo, hi, lo_open, hi_open, unit, low if limits else "", high if limits else "")


def measured(rule: Compare | Normal | Grade, value: Bounds, concept: Concept) -> str:
    """The truth of a rule about a number."""
    match rule:
        case Compare():
            return against(value, rule.comparison, rule.limit, concept)
        case Normal():
            sides: tuple[tuple[Comparison, str], ...] = ((">=", value.ref_low), ("<=", value.ref_high))
            return least([_by_column(value, comparison, limit) for comparison, limit in sides])
        case Grade():
            graded = _of_grade(value, rule.comparison, rule.number, rule.steps, concept)
            return case([(f"{value.unit} IS NULL", UNKNOWN_)], graded)  # every number has grade 0, no number has none


def against(value: Bounds, comparison: Comparison, limit: Limit, concept: Concept) -> str:
    """A number against a limit: in each unit against the limit as it is there, or against the laboratory's own."""
    if not isinstance(limit, Absolute):
        own = value.ref_high if limit.side == "ULN" else value.ref_low
        if not fits(limit.times):
            return UNKNOWN_
        return _by_column(value, comparison, f"({own} * {number(limit.times)})" if own else "")
    units = dict.fromkeys([*(stated.unit for stated in limit.stated), *UNITS])
    alike: dict[str, list[str]] = {}
    for unit in units:
        truth = _in_unit(value, unit, comparison, limit, concept)
        if truth != UNKNOWN_:
            alike.setdefault(truth, []).append(unit)
    return case([(f"{value.unit} IN ({words(names)})", truth) for truth, names in alike.items()], UNKNOWN_)


def _in_unit(value: Bounds, unit: str, comparison: Comparison, limit: Absolute, concept: Concept) -> str:
    """In one unit: by the limit stated in a unit of the same size; else by all that convert, which must agree."""
    truths: list[str] = []
    for stated in limit.stated:
        by = factor(unit, stated.unit, concept.molar_mass)
        if by is None or stated.lo is None:
            continue
        truth = _by_number(value, comparison, Fraction(stated.lo) / by)
        if by == 1:
            return truth
        truths.append(truth)
    return agreed_of(truths)


def agreed_of(truths: Sequence[str]) -> str:
    """What all say when they say the same; else unknown."""
    different = list(dict.fromkeys(truths))
    if not different:
        return UNKNOWN_
    first, *others = different
    return case([(" AND ".join(f"{first} = {other}" for other in others), first)], UNKNOWN_) if others else first


def _by_number(value: Bounds, comparison: Comparison, limit: Fraction) -> str:
    """quantities.compare against a constant in the value's own unit."""
    above, exact = rounded(limit, up=True)
    below, _ = rounded(limit, up=False)
    return compared(value, comparison, below, above, exact)


def _by_column(value: Bounds, comparison: Comparison, limit: str) -> str:
    """quantities.compare against an expression in the value's own unit; unknown when that is NULL, or there is none."""
    return compared(value, comparison, limit, limit, True, may_be_null=True) if limit else UNKNOWN_


def compared(
    value: Bounds, comparison: Comparison, floor: str, ceiling: str, exact: bool, may_be_null: bool = False
) -> str:
    """quantities.compare. floor and ceiling: the limit, or the numbers next to it where the columns cannot hold it."""
    lo, hi = value.lo, value.hi
    is_below, is_above = f"{hi} < {ceiling}", f"{lo} > {floor}"
    if exact:
        is_below += f" OR ({hi} = {ceiling} AND {value.hi_open})"
        is_above += f" OR ({lo} = {floor} AND {value.lo_open})"
    match comparison:
        case "<":
            return case([(is_below, TRUE_), (f"{lo} >= {ceiling}", FALSE_)], UNKNOWN_)
        case ">=":
            return case([(is_below, FALSE_), (f"{lo} >= {ceiling}", TRUE_)], UNKNOWN_)
        case ">":
            return case([(is_above, TRUE_), (f"{hi} <= {floor}", FALSE_)], UNKNOWN_)
        case "<=":
            return case([(is_above, FALSE_), (f"{hi} <= {floor}", TRUE_)], UNKNOWN_)
    yes, no = (TRUE_, FALSE_) if comparison == "=" else (FALSE_, TRUE_)
    null = f"{floor} IS NULL" if may_be_null else "FALSE"
    same = f"{lo} = {hi} AND {lo} = {floor}" if exact else "FALSE"
    return case([(null, UNKNOWN_), (same, yes), (f"{lo} = {hi} OR {is_below} OR {is_above}", no)], UNKNOWN_)


def fits(by: Decimal) -> bool:
    """Does the product of a number in the tables by this one keep all its digits, of which engines have 38?"""
    _, digits, exponent = by.normalize(_LONG).as_tuple()
    assert isinstance(exponent, int)
    decimals = max(1, -exponent)
    whole = max(1, len(digits) + exponent)
    return whole + decimals <= _DIGITS_OF_FACTORS and decimals <= _DECIMALS_OF_FACTORS


def fits_of(rule: Rule) -> bool:
    """Do the factors that a node names itself fit?"""
    match rule:
        case Compare():
            limits = [rule.limit]
        case Grade():
            limits = [step.limit for step in rule.steps]
        case Change():
            return fits(100 + rule.percent) and len(rule.percent.as_tuple().digits) <= _DIGITS_OF_FACTORS
        case _:
            return True
    return all(isinstance(limit, Absolute) or fits(limit.times) for limit in limits)


def changed(value: Bounds, comparison: Comparison, base: str, share: Decimal) -> str:
    """A number against a share (in percent) of a base in the same unit; NULL for no base gives unknown."""
    if not fits(share):
        return UNKNOWN_
    hundredfold = value._replace(lo=f"({value.lo} * 100.0)", hi=f"({value.hi} * 100.0)")
    return _by_column(hundredfold, comparison, f"({base} * {number(share)})")


def _of_grade(value: Bounds, comparison: Comparison, least_grade: int, steps: Sequence[Step], concept: Concept) -> str:
    """values.of_grade: at least a grade when any step from that grade on holds."""

    def reaches(grade: int) -> str:
        if grade <= 0:
            return TRUE_
        truths = [against(value, step.comparison, step.limit, concept) for step in steps if step.grade >= grade]
        return greatest(truths) if truths else FALSE_

    match comparison:
        case ">=":
            return reaches(least_grade)
        case "<":
            return negated(reaches(least_grade))
        case ">":
            return reaches(least_grade + 1)
        case "<=":
            return negated(reaches(least_grade + 1))
        case "=":
            return least([reaches(least_grade), negated(reaches(least_grade + 1))])
        case _:
            return negated(least([reaches(least_grade), negated(reaches(least_grade + 1))]))


# ---------------------------------------------------------------- answers
def among(column: str, rule: Is, concept: Concept, known: Iterable[str]) -> str:
    """values.among: are the answers in the column among those of the rule? NULL and '' leave it open.

    known: every answer that may stand there, those of member concepts included.
    """
    every = dict.fromkeys([*known, *concept.answers, *concept.read_as, *rule.answers])
    meaning = {answer: concept.read_as.get(answer, answer) for answer in every}
    wanted = [answer for answer in every if meaning[answer] in rule.answers]
    unclear = [a for a in every if meaning[a] in concept.unclear and meaning[a] not in rule.answers]
    several = f"contains({column}, {word(SEPARATOR)})"
    return case(
        [
            (f"{column} IN ({words(wanted)})" if wanted else "FALSE", TRUE_),
            (f"{column} IN ({words(['', *unclear])}) OR {column} IS NULL", UNKNOWN_),
            (several, _among_several(column, rule, concept, wanted, unclear)),
        ],
        FALSE_,
    )


def _among_several(column: str, rule: Is, concept: Concept, wanted: Sequence[str], unclear: Sequence[str]) -> str:
    within = f"concat({word(SEPARATOR)}, {column}, {word(SEPARATOR)})"
    has_wanted = any_of(_holds(within, answer) for answer in wanted)
    has_unclear = any_of(_holds(within, answer) for answer in unclear)
    left = within
    for answer in (*wanted, *unclear):
        left = f"replace({left}, {word(f'{SEPARATOR}{answer}{SEPARATOR}')}, {word(SEPARATOR)})"
    has_other = f"{left} <> {word(SEPARATOR)}"
    if rule.quantifier == "some":
        return case([(has_wanted, TRUE_), (has_unclear, UNKNOWN_)], FALSE_)
    if concept.several:
        return case([(has_other, FALSE_), (has_unclear, UNKNOWN_)], TRUE_)
    return case([(has_unclear, UNKNOWN_), (f"NOT ({has_other})", TRUE_), (f"NOT ({has_wanted})", FALSE_)], UNKNOWN_)


def _holds(within: str, answer: str) -> str:
    return f"contains({within}, {word(f'{SEPARATOR}{answer}{SEPARATOR}')})"


def of_no_answer(rule: Is, concept: Concept) -> str:
    """The truth where no answer at all means "no"."""
    given = concept.read_as.get(NO, NO)
    if given in rule.answers:
        return TRUE_
    return UNKNOWN_ if given in concept.unclear else FALSE_


# ---------------------------------------------------------------- time
def near(lo: str, hi: str, rule: Elapsed, today: int, dialect: Dialect) -> str:
    """values.is_near of an event on the days from lo to hi."""
    inclusive = rule.comparison in ("<=", ">")
    sign = 1 if rule.direction == "since" else -1
    turn_lo, turn_hi = (dialect.shifted(each, rule.duration, sign) for each in (lo, hi))
    now = day(today)
    if rule.direction == "since":
        yes = f"{now} <= {turn_lo}" if inclusive else f"{now} < {turn_lo}"
        no = f"{now} > {turn_hi}" if inclusive else f"{now} >= {turn_hi}"
    else:
        yes = f"{now} >= {turn_hi}" if inclusive else f"{now} > {turn_hi}"
        no = f"{now} < {turn_lo}" if inclusive else f"{now} <= {turn_lo}"
    return case([(yes, TRUE_), (no, FALSE_)], UNKNOWN_)


def of_age(lo: str, hi: str, rule: Age, moment: tuple[str, str], dialect: Dialect) -> str:
    """values.of_age of somebody born on the days from lo to hi, on any day of the moment."""

    def reached(years: int) -> str:
        old = f"{moment[0]} >= {dialect.birthday(hi, years)}"
        young = f"{moment[1]} < {dialect.birthday(lo, years)}"
        return case([(old, TRUE_), (young, FALSE_)], UNKNOWN_)

    match rule.comparison:
        case ">=":
            return reached(rule.years)
        case "<":
            return negated(reached(rule.years))
        case ">":
            return reached(rule.years + 1)
        case "<=":
            return negated(reached(rule.years + 1))
        case "=":
            return least([reached(rule.years), negated(reached(rule.years + 1))])
        case _:
            return negated(least([reached(rule.years), negated(reached(rule.years + 1))]))
