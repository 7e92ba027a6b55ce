"""The flow and the deviations as text for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..conduct.deviation import Deviation
from ..conduct.deviations import KINDS, Imaging
from ..conduct.flow_boxes import PHASES, Box, Flow, Phase, Where
from ..dates import day_text
from ..protocol.model import Protocol
from .flow_words import (
    BLINDED,
    NONE_FOUND,
    SIMULATION,
    deviations_title,
    flow_foot,
    flow_title,
    imaging_words,
    kinds_found,
    severity_words,
)
from .text import STYLES, dim, heading, indented
from .words import STATEMENT, Tone, short

_SHOWN: Final = 8  # people named behind one number; the data hold all
_NEVER_EMPTY: Final = frozenset(
    {"assessed", "excluded", "screening", "randomised", "allocated", "received", "now", "recurred", "analysed"}
)


# ---------------------------------------------------------------- the flow
def flow_text(found: Flow, people: bool = False) -> list[RenderableType]:
    """The boxes with their numbers and who is in them; with `people` also where each person is and why."""
    parts: list[RenderableType] = [heading(flow_title(found))]
    parts += [Text(SIMULATION, style="bold")] if found.synthetic else []
    parts += [Text(BLINDED)] if found.blind else []
    parts += ["", *_enrolment(found)]
    for arm in found.arms:
        parts += [heading(arm.label)]
        parts += [_table(arm_box for phase, box in arm.boxes for arm_box in _lines(phase, box)), ""]
    parts += [heading("Who is where, and why"), _everybody(found), ""] if people else []
    return [*parts, dim(flow_foot(found))]


def _enrolment(found: Flow) -> Iterator[RenderableType]:
    boxes = (found.assessed, found.excluded, found.screening, found.randomised)
    yield heading(PHASES["enrolment"])
    yield _table(line for box in boxes for line in _lines("enrolment", box))
    yield ""


Line = tuple[str, RenderableType, str, str]


def _lines(phase: Phase, box: Box) -> Iterator[Line]:
    """(phase, label, number, people) of a box and of its parts; parts that nobody is in are left out."""
    for depth, each in box.walk():
        if each.people or each.id in _NEVER_EMPTY:
            name = "" if depth or phase == "enrolment" else PHASES[phase]
            shown = "" if each.parts and each.splits and each.people else _some(each.people)
            yield name, indented(Text(each.label), 2 * depth), f"{each.count:,}", shown


def _some(people: Sequence[str]) -> str:
    more = len(people) - _SHOWN
    return ", ".join([*people[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _table(lines: Iterator[Line]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_edge=False, show_header=False)
    table.add_column(min_width=10, style="dim")
    table.add_column(ratio=5, overflow="fold")
    table.add_column(justify="right", min_width=5)
    table.add_column(ratio=4, overflow="fold", style="dim")
    last = ""
    for phase, label, number, people in lines:
        table.add_row("" if phase == last else phase, label, Text(number, style="bold"), Text(people))
        last = phase or last
    return table


def _everybody(found: Flow) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_edge=False, header_style="dim")
    for head, ratio in (("person", 3), ("site", 2), ("arm", 2), ("where", 4), ("since and why", 7)):
        if head != "arm" or not found.blind:
            table.add_column(head, ratio=ratio, overflow="fold")
    for each in found.everybody:
        table.add_row(*_cells(each, found.blind))
    return table


def _cells(each: Where, blind: bool) -> list[Text]:
    since = day_text(each.since) if each.since is not None else ""
    why = each.why if since and since in each.why else ": ".join(part for part in (since, each.why) if part)
    cells = [each.person, each.site, *([] if blind else [each.arm]), each.box, why]
    return [Text(cell) for cell in cells]


# ---------------------------------------------------------------- the deviations
def deviations_text(
    found: Sequence[Deviation], trial: Protocol, on: date, images: Sequence[Imaging] = (), synthetic: bool = False
) -> list[RenderableType]:
    """The deviations by kind, the gravest kinds first as the table has them; then imaging by arm."""
    parts: list[RenderableType] = [heading(deviations_title(trial.acronym, found, day_text(on)))]
    parts += [Text(SIMULATION, style="bold")] if synthetic else []
    parts.append("")
    for kind, them in kinds_found(found).items():
        severity = KINDS[kind].severity
        tone: Tone = "bad" if severity == "important" else "open"
        parts.append(Text(f"{severity}: {KINDS[kind].label} ({len(them)})", style=f"bold {STYLES[tone]}"))
        parts += [indented(Text(each.sentence)) for each in them]
        parts.append("")
    parts += [] if found else [Text(NONE_FOUND), ""]
    if images:
        parts += [heading("Imaging by arm"), *(indented(Text(imaging_words(row))) for row in images), ""]
    return [*parts, dim(f"{severity_words()} Protocol {trial.acronym} {short(trial.digest)}. {STATEMENT}")]
