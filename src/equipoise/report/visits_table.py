"""The list of visits as text: what is to be done, the most urgent first, and of one person what was."""

from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..conduct.schedule import DONE, Status
from ..conduct.visit_words import due_words, extension_words, left_words, sentence
from .text import STYLES, dim, heading, indented
from .visits_words import (
    SOON,
    Line,
    VisitList,
    counts_words,
    lines,
    made_up,
    more_words,
    ours_words,
    title_words,
    to_do,
)
from .words import MARKS, STATEMENT, Tone, short

_SHOWN: Final = 12  # of what is planned; the data hold all
TONES: Final[dict[Status, Tone]] = {
    "overdue": "bad",
    "missed": "bad",
    "in window": "open",
    "planned": "good",
    "done": "good",
    "done early": "open",
    "done late": "open",
    "unscheduled": "open",
    "cancelled": "good",
}


def visits_text(found: VisitList) -> list[RenderableType]:
    """The whole list for a terminal."""
    parts: list[RenderableType] = [heading(title_words(found))]
    parts += [Text(made_up(found), style="bold")] if found.synthetic else []
    parts += [Text(counts_words(found)), ""]
    alone = len(found.people) == 1
    for head, them in _sections(found).items():
        shown = them[:_SHOWN] if head == "Planned" else them
        parts += [heading(f"{head} ({len(them)})"), _visits(shown, found, alone)]
        parts += [indented(dim(more_words(len(them) - len(shown))))] if len(them) > len(shown) else []
        parts.append("")
    parts += _over(found) if alone else []
    parts += [dim(ours_words(found.trial))] if ours_words(found.trial) else []
    return [*parts, dim(f"Protocol {found.trial.acronym} {short(found.trial.digest)}. {STATEMENT}")]


def _sections(found: VisitList) -> dict[str, list[Line]]:
    """What is to be done by how soon; sections without any visit are left out."""
    sections: dict[str, list[Line]] = {"Overdue": [], "Closes within a week": [], "In window": [], "Planned": []}
    for line in to_do(found):
        left = line.due.days_left(found.on)
        soon = left is not None and left <= SOON
        name = {"overdue": "Overdue", "planned": "Planned"}.get(line.due.status, "In window")
        sections["Closes within a week" if name == "In window" and soon else name].append(line)
    return {name: them for name, them in sections.items() if them}


def _visits(them: Sequence[Line], found: VisitList, alone: bool) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(overflow="fold", min_width=8, ratio=3)
    table.add_column(overflow="fold", ratio=7)
    for line in them:
        tone = TONES[line.due.status]
        who = line.due.label if alone else f"{line.person}\n{line.site}".strip()
        table.add_row(Text(MARKS[tone], style=STYLES[tone]), Text(who, style="bold"), _what(line, found, alone))
    return table


def _what(line: Line, found: VisitList, alone: bool) -> Text:
    text = Text("" if alone else f"{line.due.label}: ", style="bold")
    said = [due_words(line.due), left_words(line.due, found.on)]
    text.append(", ".join(each for each in said if each), style="not bold")
    extension = extension_words(line.due)
    return text.append(f"\n{extension}", style="not bold") if extension else text


def _over(found: VisitList) -> list[RenderableType]:
    """Of one person, what was done, missed or cancelled."""
    past = [line for line in lines(found) if line.due.status in {*DONE, "missed", "unscheduled", "cancelled"}]
    parts: list[RenderableType] = [heading(f"Over ({len(past)})")] if past else []
    for line in past:
        tone = TONES[line.due.status]
        parts.append(indented(Text(f"{MARKS[tone]} {sentence(line.due, found.on)}", style=STYLES[tone])))
    return [*parts, ""] if past else []
