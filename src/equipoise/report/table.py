"""A screening as text: the counts, one row a person, and what could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from ..dates import day_text
from ..eligibility.verdict import Outcome, Verdict
from ..facts import Reading, Unread
from ..protocol.model import Protocol
from .text import STYLES, dim, heading, indented, marked
from .words import (
    MARKS,
    STATEMENT,
    SYNTHETIC,
    TONES,
    asked,
    counted,
    grouped,
    next_change,
    people_counted,
    short,
    shortened,
    unread_kinds,
)  # fmt: skip

_SHOWN = 3  # of a long list
_IDENTIFIER = 36  # characters: a UUID stays whole, to be copied
_WIDE = 60
_LONG = 300  # characters of an entry among many


def screening_text(
    trial: Protocol, on: date, verdicts: Sequence[Verdict], reading: Reading, all_unread: bool = False
) -> list[RenderableType]:
    """The whole screening for a terminal."""
    parts: list[RenderableType] = [
        heading(f"{trial.acronym}: {people_counted(len(verdicts))} screened on {day_text(on)}")
    ]
    if reading.synthetic:
        parts.append(Text(SYNTHETIC, style="bold"))
    parts += ["", _counts(grouped(verdicts)), "", *people_tables(verdicts)]
    parts += unread_text(reading.unread, all_unread)
    parts += [dim(f"Protocol {trial.acronym} {short(trial.digest)}. {STATEMENT}")]
    return parts


def people_tables(verdicts: Sequence[Verdict]) -> list[RenderableType]:
    """The people in groups, those who may enter first."""
    parts: list[RenderableType] = []
    for name, members in grouped(verdicts).items():
        parts += [heading(f"{name[0].upper()}{name[1:]} ({len(members)})"), _People(members), ""]
    return parts


_MEANINGS: Final = {
    "eligible": "every criterion is settled in favour",
    "candidate to approach": "nothing against it, nothing left to find: ask the person and the investigator",
    "not yet known": "nothing against it, but something is missing in the records",
    "not eligible": "at least one criterion stands against it",
}


def _counts(groups: Mapping[str, Sequence[Verdict]]) -> Table:
    """How many people there are in each group, and what it means."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column()
    for name, members in groups.items():
        tone = TONES[members[0].outcome]
        table.add_row(Text(f"{len(members):>6,}", style="bold"), marked(tone, name), dim(_MEANINGS[name]))
    return table


@dataclass(frozen=True, slots=True)
class _People:
    """One row a person: who, what decides or is wanted, and when that changes."""

    members: Sequence[Verdict]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _people(self.members, _IDENTIFIER if options.max_width >= _WIDE else options.max_width // 3)


def _people(members: Sequence[Verdict], longest: int) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_edge=False, header_style="dim")
    table.add_column(width=1)
    table.add_column("person", overflow="fold", min_width=8, max_width=longest)
    table.add_column(_column_head(members[0]), ratio=6, overflow="fold")
    table.add_column("changes by itself", ratio=3, overflow="fold", min_width=14)
    for verdict in members:
        tone = TONES[verdict.outcome]
        table.add_row(
            Text(MARKS[tone], style=STYLES[tone]),
            Text(verdict.person),
            Text(_what_counts(verdict)),
            Text(next_change(verdict)),
        )
    return table


def _column_head(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.INELIGIBLE:
        return "stands against it"
    return "to keep in mind" if verdict.outcome is Outcome.ELIGIBLE else "to find, to ask"


def _what_counts(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.INELIGIBLE:
        return _some([f"{j.criterion.id} {j.criterion.title}" for j in verdict.deciding], "; ")
    if verdict.outcome is Outcome.ELIGIBLE:
        return _some([notice.message for notice in verdict.notices], " ") or "—"
    wanted: list[str] = []
    if verdict.to_find:
        wanted.append(f"find: {_some([need.text for need in verdict.to_find])}")
    wanted += [
        f"{whom[0].lower()}{whom[1:]}: {_some([n.text for n in needs])}" for whom, needs in asked(verdict).items()
    ]
    return "\n".join(wanted)


def _some(words: Sequence[str], joint: str = ", ") -> str:
    more = len(words) - _SHOWN
    shown = list(words) if more <= 1 else [*words[:_SHOWN], f"and {more} more"]
    return joint.join(shown)


def unread_text(unread: Sequence[Unread], every: bool = False) -> list[RenderableType]:
    """What could not be read, by kind with examples; or every entry."""
    if not unread:
        return []
    lost = sum(not each.held for each in unread)
    held = (
        f" ({counted(len(unread) - lost, 'of these is', 'of these are')} kept as a doubtful fact)"
        if lost < len(unread)
        else ""
    )
    parts: list[RenderableType] = [
        heading(f"Not read, or read with a remark: {counted(len(unread), 'entry', 'entries')}{held}")
    ]
    for kind, number, examples in unread_kinds(unread):
        parts.append(indented(Text(f"{number:>6,}  {kind}")))
        shown = [each for each in unread if each.kind == kind] if every else examples
        parts += [indented(dim(_entry(each) if every else shortened(_entry(each), _LONG)), 10) for each in shown]
        if number > len(shown):
            parts.append(indented(dim(f"and {number - len(shown):,} more (all of them: --unread FILE)"), 10))
    return [*parts, ""]


def _entry(each: Unread) -> str:
    place = each.source if each.source == each.what or not each.what else f"{each.source}: {each.what}"
    return f"{place}: {each.why}"
