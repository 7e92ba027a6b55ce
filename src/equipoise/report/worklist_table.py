"""The worklist as text: one block a person, the most urgent first."""

from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..eligibility.verdict import Need
from ..recruitment.worklist import Item, Worklist
from .text import STYLES, dim, heading, indented
from .words import MARKS, STATEMENT, TONES, short
from .worklist_words import (
    READY,
    against_words,
    days_left_words,
    due_words,
    made_up,
    passed_words,
    sources,
    standing_words,
    title_words,
    to_do,
    turn_words,
)  # fmt: skip

_SHOWN: Final = 6  # things to find or to ask, of one person; the data hold all
_SOON: Final = 7  # days


def worklist_text(found: Worklist) -> list[RenderableType]:
    """The whole list for a terminal."""
    parts: list[RenderableType] = [heading(title_words(found))]
    parts += [Text(made_up(found), style="bold")] if found.synthetic else []
    parts.append("")
    for head, items in _sections(found.items):
        parts += [heading(f"{head} ({len(items)})"), _people(items), ""]
    passed = passed_words(found)
    if passed:
        parts += [heading("Not on the list"), *(indented(Text(words)) for words in passed), ""]
    parts += [dim(words) for words in sources(found)]
    return [*parts, dim(f"Protocol {found.trial.acronym} {short(found.trial.digest)}. {STATEMENT}")]


def _sections(items: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """The items by how soon something closes; sections without anybody are left out."""
    sections: dict[str, list[Item]] = {"Perhaps over": [], "Closes within a week": [], "Later": [], "No last day": []}
    for item in items:
        days = item.days_left
        name = "No last day" if days is None else "Later" if days > _SOON else "Closes within a week"
        sections["Perhaps over" if days is not None and days < 0 else name].append(item)
    return [(name, members) for name, members in sections.items() if members]


def _people(items: Sequence[Item]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(overflow="fold", min_width=8, ratio=3)
    table.add_column(overflow="fold", ratio=7)
    for item in items:
        tone = TONES[item.verdict.outcome]
        table.add_row(Text(MARKS[tone], style=STYLES[tone]), _who(item), _what(item))
    return table


def _who(item: Item) -> Text:
    text = Text(item.person, style="bold")
    if item.site:
        text.append(f"\n{item.site}", style="not bold")
    return text.append(f"\n{days_left_words(item)}", style="not bold")


def _what(item: Item) -> Text:
    text = Text(standing_words(item), style="bold")
    for due in item.dues:
        text.append(f" · {due_words(due)}", style="not bold")
    if item.opens is not None:
        text.append(f"\nuntil then: {against_words(item)}", style="not bold")
    todo = to_do(item)
    for head, needs in todo.items():
        text.append(f"\n{head}: {_some(needs)}", style="not bold")
    if not todo and item.opens is None:
        text.append(f"\n{READY}", style="not bold")
    for notice in item.verdict.notices:
        text.append(f"\n! {notice.message}", style=f"not bold {STYLES['open']}")
    turn = turn_words(item) if item.opens is None else ""
    return text.append(f"\nby itself: {turn}", style="not bold") if turn else text


def _some(needs: Sequence[Need]) -> str:
    more = len(needs) - _SHOWN
    shown = needs if more <= 1 else needs[:_SHOWN]
    return ", ".join([*(need.text for need in shown), *([f"and {more} more"] if more > 1 else [])])
