"""Bars of numbers, one for each group of people: adverse events by grade, deviations by kind, criteria that cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from .story_data import Story
from .story_drawing import WIDTH, Frame, Scale, drawn, round_steps

_TOP, _BAR, _GAP, _FOOT, _LETTER = 62, 15, 9, 34, 6.3
_LABELS: Final = 340  # the most room for the rows' names


class Line(NamedTuple):
    """One row as it is asked for: its name, and for each group a number and how it is told."""

    label: str
    numbers: tuple[int, ...]
    told: tuple[str, ...]


class Bar(NamedTuple):
    y: float
    width: float
    tone: int
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    y: float
    bars: tuple[Bar, ...]


def bars_svg(
    story: Story, identifier: str, title: str, lines: Sequence[Line], groups: Sequence[str], axis: str,
    alone: bool = True,
) -> str:  # fmt: skip
    """The picture as SVG; empty without rows. groups: their names, () where all people are one."""
    if not lines:
        return ""
    left = 24 + min(_LABELS, _LETTER * max(len(line.label) for line in lines))
    most = max([1, *(number for line in lines for number in line.numbers)])
    behind = 18 + _LETTER * max(len(told) for line in lines for told in line.told)  # the longest bar's number
    across = Scale(0, most, left, round(WIDTH - behind, 1))
    rows: list[Row] = []
    y = _TOP + (22 if len(groups) > 1 else 0)
    for line in lines:
        bars = tuple(
            Bar(y + number * _BAR, round(across.at(count) - left, 1), number, told)
            for number, (count, told) in enumerate(zip(line.numbers, line.told, strict=True))
        )
        rows.append(Row(line.label, y + _BAR * len(bars) / 2 + 4, bars))
        y += _BAR * len(bars) + _GAP
    says = "; ".join(f"{line.label}: {', '.join(line.told)}" for line in lines)
    frame = Frame(identifier, title, story.mark, f"{says}.", y + _FOOT)
    ticks = [(across.at(number), f"{number:,}") for number in round_steps(most)]
    return drawn(
        "story_bars.svg", frame, alone, rows=rows, ticks=ticks, left=left, groups=groups if len(groups) > 1 else (),
        top=_TOP, base=y, bar=_BAR, axis=axis,
    )  # fmt: skip


# ---------------------------------------------------------------- the three pictures of a story
def grades_svg(story: Story, alone: bool = True) -> str:
    """People by the worst grade of their adverse events, for each group."""
    safety = story.safety
    lines = [
        Line(f"grade {grade}" if grade is not None else "grade not recorded", counts, _shares(counts, safety.exposed))
        for grade, counts in safety.worst.items()
        if grade is not None or any(counts)
    ]
    title = f"{story.trial.acronym}: people by the worst grade of their adverse events"
    return bars_svg(story, "grades", title, lines if safety.events else [], _labels(story), "people", alone)


def _shares(counts: Sequence[int], exposed: Sequence[int]) -> tuple[str, ...]:
    return tuple(
        f"{count} of {all_} ({round(100 * count / all_)} %)" if all_ else "0"
        for count, all_ in zip(counts, exposed, strict=True)
    )


def deviations_svg(story: Story, alone: bool = True) -> str:
    """Deviations by kind, for each group."""
    lines = [
        Line(f"{each.label} ({each.severity})", each.counts, tuple(f"{count:,}" for count in each.counts))
        for each in story.deviation_counts
    ]
    title = f"{story.trial.acronym}: deviations from the protocol by kind"
    return bars_svg(story, "deviations", title, lines, _labels(story), "deviations", alone)


def failures_svg(story: Story, alone: bool = True) -> str:
    """People who were not eligible, by the criteria against them."""
    lines = [
        Line(
            f"{each.criterion.id} {each.criterion.title}", (each.against,),
            (f"{each.against} ({each.alone} by it alone)",),
        )
        for each in story.screening.failures
    ]  # fmt: skip
    title = f"{story.trial.acronym}: {story.screening.failed} people not eligible, by criterion"
    return bars_svg(story, "failures", title, lines, (), "people; somebody may fail by several", alone)


def _labels(story: Story) -> tuple[str, ...]:
    return tuple(group.label for group in story.groups)
