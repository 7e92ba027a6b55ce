"""A swimmer plot: one lane for each randomised person, sorted by arm and length, with what happened when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from .story_data import Story
from .story_drawing import MONTH, WIDTH, Frame, Scale, Tick, drawn
from .story_lanes import Kind, Lane
from .words import counted, people_counted

HIGHEST: Final = 1380  # the height that a plot of some hundred people keeps to: an A4 page in print
_LEFT, _RIGHT, _HEADING, _FOOT = 78, 24, 24, 46
_WIDEST, _NARROWEST = 17.0, 6.0  # the pitch of lanes
_LEGEND_COLUMNS, _LEGEND_ROW = 4, 18

# In the order of the legend. Every mark has a shape of its own: colour is never the only sign.
MARKS: Final[Mapping[Kind, str]] = {
    "index": "{index}", "full": "dose", "reduced": "reduced dose", "hold": "dose held", "off": "treatment stopped",
    "visit": "visit done", "missed": "visit missed", "assessment": "disease assessed",
    "severe": "adverse event, grade 3 or more", "serious": "serious adverse event", "recurrence": "recurrence",
    "death": "death", "withdrawal": "withdrawn", "lost": "lost to follow-up", "completed": "completed",
    "ongoing": "goes on",
}  # fmt: skip
_TREATMENT: Final[frozenset[Kind]] = frozenset({"full", "reduced", "hold", "off"})
_SINGLE: Final[frozenset[Kind]] = frozenset(MARKS) - {"visit", "assessment"}  # the others are drawn as one line a lane


class Placed(NamedTuple):
    kind: Kind
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lane: its place, the bar before and after a recurrence, its ticks and dots, its marks."""

    y: float
    person: str
    says: str
    tone: int
    x: float
    turn: float
    end: float
    visits: tuple[float, ...]
    assessments: tuple[float, ...]
    marks: tuple[Placed, ...]


class Heading(NamedTuple):
    y: float
    text: str


class Entry(NamedTuple):
    """One entry of the legend."""

    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The geometry of the plot."""

    top: float
    bottom: float
    zero: float
    pitch: float
    scale: float
    ticks: tuple[Tick, ...]
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    legend: tuple[Entry, ...]


def swimmer_svg(story: Story, alone: bool = True) -> str:
    """The swimmer plot as SVG."""
    made = plot(story)
    counts = [f"{group.label}: {people_counted(_size(story.lanes, group.id))}" for group in story.groups]
    ends = [(label, sum(lane.end == kind for lane in story.lanes)) for kind, label in MARKS.items()]
    says = f"{'; '.join(counts)}. {', '.join(f'{label}: {number}' for label, number in ends if number)}."
    frame = Frame(
        "swimmer", f"{story.trial.acronym}: {counted(len(story.lanes), 'person', 'people')} since randomisation",
        story.mark, says, made.bottom + _FOOT,
    )  # fmt: skip
    return drawn("story_swimmer.svg", frame, alone, plot=made, left=_LEFT, right=WIDTH - _RIGHT)


def _size(lanes: Sequence[Lane], group: str) -> int:
    return sum(lane.group == group for lane in lanes)


def plot(story: Story) -> Plot:
    """Where everything stands."""
    legend = tuple(_legend(story, 66 if story.mark else 50))
    top = (legend[-1].y if legend else 50) + 34
    headings = [group for group in story.groups if _size(story.lanes, group.id)]
    room = HIGHEST - top - _FOOT - _HEADING * len(headings)
    pitch = round(min(_WIDEST, max(_NARROWEST, room / max(1, len(story.lanes)))), 2)
    scale = _scale(story.lanes)
    rows: list[Row] = []
    titles: list[Heading] = []
    y = top
    for tone, group in enumerate(story.groups):
        own = [lane for lane in story.lanes if lane.group == group.id]
        if not own:
            continue
        titles.append(Heading(y + _HEADING - 9, f"{group.label}, {people_counted(len(own))}"))
        y += _HEADING
        rows += [_row(lane, tone, round(y + pitch * (number + 0.5), 1), scale) for number, lane in enumerate(own)]
        y += pitch * len(own)
    bottom = round(y + 4, 1)
    return Plot(
        top, bottom, scale.at(0), pitch, round(min(1.0, pitch / 13), 2), tuple(_ticks(scale)), tuple(titles),
        tuple(rows), legend,
    )  # fmt: skip


def _scale(lanes: Sequence[Lane]) -> Scale:
    days = [mark.day for lane in lanes for mark in lane.marks]
    first, last = min([0, *days]) - 6, max([30, *days, *(lane.days for lane in lanes)])
    return Scale(first, last + (last - first) * 0.015, _LEFT, WIDTH - _RIGHT)


def _ticks(scale: Scale) -> Iterator[Tick]:
    months = int(scale.last / MONTH)
    step = next((each for each in (1, 3, 6, 12, 24) if months / each <= 13), 60)
    return (Tick(scale.at(month * MONTH), str(month)) for month in range(0, months + 1, step))


def _row(lane: Lane, tone: int, y: float, scale: Scale) -> Row:
    turn = lane.days if lane.recurrence is None else min(lane.recurrence, lane.days)
    marks = tuple(Placed(mark.kind, scale.at(mark.day), mark.text) for mark in lane.marks if mark.kind in _SINGLE)
    says = f"{lane.person}: {lane.of(lane.end)[-1].text}"
    return Row(
        y, lane.person, says, tone, scale.at(0), scale.at(turn), scale.at(lane.days),
        tuple(scale.at(mark.day) for mark in lane.of("visit")),
        tuple(scale.at(mark.day) for mark in lane.of("assessment")),
        tuple(sorted(marks, key=lambda mark: mark.kind in ("serious", "recurrence", "death"))),
    )  # fmt: skip


def _legend(story: Story, top: float) -> Iterator[Entry]:
    """The marks that a reader may meet: all of them, but those of a treatment where no arm is shown to get one."""
    treated = not story.blind and bool(story.trial.treatment.levels)
    shown = [(kind, label) for kind, label in MARKS.items() if treated or kind not in _TREATMENT]
    index = story.trial.conduct.index
    wide = (WIDTH - 24) / _LEGEND_COLUMNS
    for number, (kind, label) in enumerate(each for each in shown if index or each[0] != "index"):
        row, column = divmod(number, _LEGEND_COLUMNS)
        text = label.format(index=story.trial.vocabulary[index].label if index else "")
        yield Entry(kind, round(18 + column * wide, 1), top + row * _LEGEND_ROW, text)
