"""How long people waited for the randomisation and for each dose: a dot a person, against the protocol's window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from .story_counts import Wait, Waits
from .story_data import Story
from .story_drawing import WIDTH, Frame, Scale, Tick, drawn, number_text, round_steps

_LEFT, _RIGHT, _TOP, _FOOT = 24, 24, 62, 44
_WORDS, _RADIUS, _STEP = 42, 3.4, 7.0
_MARGIN: Final = 8
_HALF: Final = 84.0  # the most room above and below the middle of a row: taller piles are pressed together


class Dot(NamedTuple):
    x: float
    y: float
    tone: int
    outside: bool
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One row: what was waited for, its window as places on the axis, the dots and their median."""

    title: str
    says: str
    top: float
    middle: float
    bottom: float
    band: tuple[float, float] | None
    aim: float
    until: float
    words: str
    median: float
    dots: tuple[Dot, ...]


def waits_svg(story: Story, alone: bool = True) -> str:
    """The picture as SVG; empty when nobody waited for anything."""
    if not story.waits:
        return ""
    days = [wait.days for waits in story.waits for wait in waits.waits]
    ends = [day for waits in story.waits for day in waits.window or () if day is not None]
    across = Scale(min([0, *days]), max([*days, *ends]) * 1.03, _LEFT, WIDTH - _RIGHT)
    tones = {group.id: number for number, group in enumerate(story.groups)}
    strips: list[Strip] = []
    top = float(_TOP)
    for waits in story.waits:
        strips.append(_strip(waits, _next(waits, story), top, across, tones, story.trial.acronym))
        top = strips[-1].bottom + 12
    ticks = tuple(Tick(across.at(day), str(day)) for day in round_steps(across.last, 12))
    says = " ".join(f"{strip.title}: {strip.says}" for strip in strips)
    frame = Frame("waits", f"{story.trial.acronym}: how long people waited, in days", story.mark, says, top + _FOOT)
    legend = [group for group in story.groups if group.id] if len(story.groups) > 1 else []
    return drawn(
        "story_waits.svg", frame, alone, strips=strips, ticks=ticks, radius=_RADIUS, legend=legend, base=top,
        left=_LEFT, right=WIDTH - _RIGHT,
    )  # fmt: skip


def _next(waits: Waits, story: Story) -> Waits:
    """What has a window that is counted from the same moment: these waits, else what comes after them."""
    later = (each for each in story.waits if each.moment == waits.moment and each.window is not None)
    return waits if waits.window is not None else next(later, waits)


def _strip(waits: Waits, against: Waits, top: float, across: Scale, tones: dict[str, int], acronym: str) -> Strip:
    places = _swarm(sorted(waits.waits, key=lambda wait: (wait.days, wait.group, wait.person)), across)
    high = max((abs(y) for _, _, y in places), default=0) + _RADIUS + _MARGIN
    middle = round(top + _WORDS + high, 1)
    dots = tuple(
        Dot(x, round(middle + y, 1), tones.get(wait.group, 0), wait.time in ("early", "late"), _text(wait))
        for wait, x, y in places
    )
    window = against.window
    return Strip(
        f"From {waits.since} to {waits.label}", says(waits), top, middle, round(middle + high, 1),
        (across.at(window[0]), across.at(window[2])) if window else None, across.at(window[1]) if window else 0,
        across.at(window[3]) if window and window[3] is not None else 0,
        window_words(against, acronym, of=against is not waits), across.at(waits.median), dots,
    )  # fmt: skip


def _swarm(waits: Sequence[Wait], across: Scale) -> list[tuple[Wait, float, float]]:
    """Each wait with its place: as near to the middle as those before it leave room."""
    taken: list[tuple[float, float]] = []
    found: list[tuple[Wait, float, float]] = []
    for wait in waits:
        x = across.at(wait.days)
        near = {y for at, y in taken if abs(at - x) < _STEP}
        y = next(level for level in _levels() if level not in near)
        taken.append((x, y))
        found.append((wait, x, y))
    highest = max((abs(y) for _, _, y in found), default=0.0)
    press = min(1.0, _HALF / highest) if highest else 1.0
    return [(wait, x, y * press) for wait, x, y in found]


def _levels() -> Iterator[float]:
    """0, -7, 7, -14, 14, ..."""
    yield 0.0
    number = 0
    while True:
        number += 1
        yield -_STEP * number
        yield _STEP * number


def _text(wait: Wait) -> str:
    return f"{wait.person}: {wait.days} days{f', {wait.time}' if wait.time else ''}"


def says(waits: Waits) -> str:
    """The distribution in words: how many, the median and the range, and how many were in time."""
    days = [wait.days for wait in waits.waits]
    text = f"{len(days)} people, median {number_text(waits.median)} days ({min(days)} to {max(days)})"
    if waits.window is None:
        return f"{text}."
    return f"{text}; {waits.inside} of {len(days)} within {waits.window[0]} to {waits.window[2]} days."


def window_words(waits: Waits, acronym: str, of: bool = False) -> str:
    """The window in words, with where it is from; "" where there is none. of: say whose window it is."""
    if waits.window is None:
        return ""
    first, target, last, until = waits.window
    more = f", extended to {until}" if until is not None else ""
    ours = f" [ours, not from {acronym}]" if waits.ours else ""
    return f"{f'{waits.label}, ' if of else ''}window {first} to {last} days, planned {target}{more}{ours}"
