"""A verdict -> the geometry of its picture: what was when, what the criteria ask for, and until when it holds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from ..concepts import Concept
from ..dates import ANY_DAY, LATEST, Span, day_text, shifted
from ..eligibility.verdict import Verdict
from ..facts import Fact, Nothing
from ..rules.case import Case, end_of, latest_of
from ..rules.nodes import HERE, Age, AllOf, AnyOf, Elapsed, Not, Unless, Window, every_rule
from ..rules.prose import fact_text
from .words import TONES, Stretch, stretches

WIDTH: Final = 760
LABELS: Final = 196  # the room for the lanes' names
_ROW, _TOP, _VERDICT = 24, 20, 26
_BEFORE, _AFTER, _AHEAD, _BEYOND = 300, 70, 400, 21  # days drawn around the day of the verdict
_LONGEST = 32  # letters of a lane's name
_MEASURED, _ANSWERED = "measurements", "other answers"


class Mark(NamedTuple):
    """One fact: a dot on its day, a bar over the days that it may have been or lasted, an arrow to what was before."""

    shape: str
    x: float
    width: float
    text: str


class Band(NamedTuple):
    """Days within which a criterion wants something (`wanted`), or must not be (`closed`), with its id."""

    kind: str
    x: float
    width: float
    text: str
    label: str


class Piece(NamedTuple):
    """The days on which one verdict holds."""

    kind: str
    x: float
    width: float
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """What there is of one concept, on one line of the picture."""

    label: str
    y: int
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A timeline in units of an SVG of width WIDTH."""

    height: int
    ticks: tuple[tuple[float, str], ...]
    today: float
    lanes: tuple[Lane, ...]
    pieces: tuple[Piece, ...]
    notes: tuple[Mark, ...]
    verdict_y: int
    undated: int
    says: str


class _Wanted(NamedTuple):
    """Days that a criterion wants for a concept, or on which it bars entry because of it."""

    kind: str
    concept: str
    criterion: str
    days: Span


class _Axis(NamedTuple):
    first: int
    last: int

    def x(self, day: int) -> float:
        held = min(max(day, self.first), self.last)
        return round(LABELS + (held - self.first) / (self.last - self.first) * (WIDTH - LABELS - 8), 1)


def picture(verdict: Verdict) -> Picture:
    """The picture of one verdict."""
    periods = _joined(stretches(verdict))
    shown = dict(_drawable(verdict.case))
    facts = [fact for found in shown.values() for fact in found]
    undated = sum(fact.when == ANY_DAY for fact in facts)
    windows = list(_windows(verdict))
    axis = _axis(
        verdict.on, [fact.when.lo for fact in facts if fact.when != ANY_DAY] + [w.days.lo for w in windows], periods
    )
    lanes = _lanes(verdict, shown, windows, axis)
    verdict_y = _TOP + _ROW * len(lanes) + 6
    pieces = tuple(_piece(period, axis) for period in periods if period.first.toordinal() < axis.last)
    turns = {period.first for period in periods}
    notes = tuple(
        Mark("note", axis.x(period.first.toordinal()), 0, f"{day_text(period.first)}: {period.because}")
        for period in stretches(verdict)
        if period.first not in turns and period.first.toordinal() <= axis.last
    )
    says = "; ".join(f"{period.days}: {period.words}" for period in periods)
    return Picture(
        verdict_y + _VERDICT + 20,
        tuple(_ticks(axis)),
        axis.x(verdict.on.toordinal()),
        lanes,
        pieces,
        notes,
        verdict_y,
        undated,
        says,
    )


def _joined(periods: list[Stretch]) -> list[Stretch]:
    """The stretches, those of one outcome on end as one."""
    found: list[Stretch] = []
    for period in periods:
        if found and (found[-1].outcome, found[-1].candidate) == (period.outcome, period.candidate):
            found[-1] = found[-1]._replace(last=period.last)
        else:
            found.append(period)
    return found


def _drawable(case: Case) -> Iterator[tuple[str, list[Fact]]]:
    """The facts that happened on some day, by concept; a date of birth is too far away to be drawn."""
    for name, facts in case.by_concept.items():
        concept = case.vocabulary[name]
        if concept.kind not in ("date", "text") and not (concept.once and concept.kind == "choice"):
            yield name, [fact for fact in facts if not isinstance(fact.value, Nothing)]


def _axis(on: date, starts: Iterable[int], periods: list[Stretch]) -> _Axis:
    today = on.toordinal()
    first = min([start for start in starts if start >= today - _BEFORE] + [today - 60])
    turns = [period.first.toordinal() for period in periods]
    last = max([turn + _BEYOND for turn in turns if turn <= today + _AHEAD] + [today + _AFTER])
    return _Axis(first - 5, last)


# ---------------------------------------------------------------- lanes
def _lanes(
    verdict: Verdict, shown: Mapping[str, list[Fact]], windows: Iterable[_Wanted], axis: _Axis
) -> tuple[Lane, ...]:
    case = verdict.case
    bands: dict[str, list[Band]] = {}
    for window in windows:
        if window.days.hi >= axis.first:
            bands.setdefault(window.concept, []).append(_band(window, axis))
    rows: dict[str, tuple[list[Fact], list[Band]]] = {}
    for name, facts in shown.items():
        dated = [fact for fact in facts if fact.when != ANY_DAY]
        if dated:
            concept = case.vocabulary[name]
            row = rows.setdefault(_row_of(concept), ([], []))
            row[0].extend(dated)
            row[1].extend(bands.get(name, ()))
    for name, found in bands.items():
        rows.setdefault(_row_of(case.vocabulary[name]), ([], found))
    order = sorted(rows.items(), key=lambda row: (row[0] in (_MEASURED, _ANSWERED), _begin(*row[1], axis)))
    return tuple(
        Lane(
            _shortened(label),
            _TOP + _ROW * number,
            tuple(_mark(fact, case, axis) for fact in facts),
            tuple(dict.fromkeys(wanted)),
        )
        for number, (label, (facts, wanted)) in enumerate(order)
    )


def _row_of(concept: Concept) -> str:
    if concept.kind == "record":
        return concept.label
    return _MEASURED if concept.kind == "quantity" else _ANSWERED


def _begin(facts: list[Fact], bands: list[Band], axis: _Axis) -> float:
    return min([axis.x(fact.when.lo) for fact in facts] or [band.x for band in bands])


def _shortened(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"


def _mark(fact: Fact, case: Case, axis: _Axis) -> Mark:
    text = fact_text(fact, case.vocabulary)
    end = case.today if _goes_on(fact) else end_of(fact).hi
    if end < axis.first:
        return Mark("early", axis.x(axis.first), 0, text)
    start, stop = axis.x(fact.when.lo), axis.x(end)
    if end == fact.when.lo:
        return Mark("dot", start, 0, text)
    return Mark(
        "lasting" if fact.end is not None and fact.end != fact.when else "partial",
        start,
        max(3.0, round(stop - start, 1)),
        text,
    )


def _goes_on(fact: Fact) -> bool:
    return fact.end is not None and fact.end.hi >= LATEST


# ---------------------------------------------------------------- windows
def _windows(verdict: Verdict) -> Iterator[_Wanted]:
    """The days around what is on record within which a criterion wants something, or bars entry."""
    for judgement in verdict.judgements:
        for node in every_rule(judgement.criterion.rule):
            if isinstance(node, Age | Not | AllOf | AnyOf | Unless) or node.look.concept == HERE:
                continue
            identifier, name = judgement.criterion.id, node.look.concept
            days = _window_days(node.look.window, verdict.case) if node.look.window is not None else None
            if days is not None:
                yield _Wanted("wanted", name, identifier, days)
            if isinstance(node, Elapsed) and node.direction == "since" and node.comparison in ("<", "<="):
                facts = [fact for fact in verdict.case.of(name) if end_of(fact).exact and not _goes_on(fact)]
                for fact in facts if node.look.selector == "any" else latest_of(facts):
                    end = end_of(fact).lo
                    yield _Wanted(
                        "closed", name, identifier, Span(end, shifted(end, node.duration) - (node.comparison == "<"))
                    )


def _window_days(window: Window, case: Case) -> Span | None:
    """The days of a window counted from an exact day on record; None for one counted from today or without end."""
    if window.moment.look is None or window.other is not None or window.far is None:
        return None
    moment, _ = case.when(window.moment)
    if moment is None or not moment.exact:
        return None
    day = moment.lo
    if window.side == "around":
        return Span(shifted(day, window.far, -1), shifted(day, window.far))
    sign = -1 if window.side == "before" else 1
    ends = sorted((shifted(day, window.near, sign), shifted(day, window.far, sign)))
    return Span(ends[0], ends[1])


def _band(window: _Wanted, axis: _Axis) -> Band:
    start, stop = axis.x(window.days.lo), axis.x(window.days.hi + 1)
    what = "asks for it" if window.kind == "wanted" else "bars entry"
    text = f"{window.criterion} {what} from {day_text(window.days.first)} to {day_text(window.days.last)}"
    return Band(window.kind, start, round(stop - start, 1), text, window.criterion)


# ---------------------------------------------------------------- the axis, and the verdict below
def _ticks(axis: _Axis) -> Iterator[tuple[float, str]]:
    """The first of each month; of every third where there are many."""
    months = (axis.last - axis.first) // 30
    step = 1 if months <= 9 else 2 if months <= 16 else 3
    day = date.fromordinal(axis.first).replace(day=1)
    while day.toordinal() < min(axis.last - 12, LATEST):
        if day.toordinal() >= axis.first and (day.month - 1) % step == 0:
            yield axis.x(day.toordinal()), f"{day:%b %Y}" if day.month == 1 or step > 1 else f"{day:%b}"
        day = (day + timedelta(days=32)).replace(day=1)


def _piece(period: Stretch, axis: _Axis) -> Piece:
    start = axis.x(period.first.toordinal())
    stop = axis.x(axis.last if period.last is None else period.last.toordinal() + 1)
    width = round(stop - start, 1)
    label = period.words if len(period.words) * 6 < width else ""
    return Piece(
        "candidate" if period.candidate else TONES[period.outcome],
        start,
        width,
        f"{period.days}: {period.words}",
        label,
    )
