"""Where everybody stands, as text: one row a person, and what somebody has to see to."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..dates import day_text
from ..participant.moves import Standing
from .standings import StandingRow, Standings, next_words
from .text import STYLES, dim, heading
from .visits_table import TONES
from .words import MARKS, STATEMENT, SYNTHETIC, people_counted, short

_IDENTIFIER: Final = 24  # characters of an identifier before it is folded


def standings_text(found: Standings) -> list[RenderableType]:
    """The whole overview for a terminal."""
    trial = found.trial.protocol
    parts: list[RenderableType] = [
        heading(f"{trial.acronym}: {people_counted(len(found.rows))} on {day_text(found.on)}"),
        *_remarks(found),
        "",
    ]
    if found.rows:
        parts += [Text(_counts(found.rows)), "", _table(found.rows), ""]
    parts += to_see_to(found)
    return [*parts, dim(foot(found))]


def _remarks(found: Standings) -> list[RenderableType]:
    """What a reader must know before the rows."""
    lock = found.trial.state.lock
    said = [SYNTHETIC] if found.synthetic else []
    said += [f"The data are locked, by entry {lock}."] if lock else []
    said += ["Arms, doses and what only one arm has are hidden."] if found.blind else []
    return [Text(each, style="bold") for each in said]


def _counts(rows: Sequence[StandingRow]) -> str:
    numbers = Counter(row.standing for row in rows)
    return ", ".join(f"{numbers[each.value]} {each.value}" for each in Standing if each.value in numbers)


def _table(rows: Sequence[StandingRow]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False, header_style="dim")
    table.add_column("person", overflow="fold", min_width=8, max_width=_IDENTIFIER)
    for head in ("site", "standing", "since", "arm"):
        table.add_column(head, overflow="fold", min_width=4)
    table.add_column(width=1)
    table.add_column("next visit", overflow="fold", min_width=12)
    for row in rows:
        mark = Text("") if row.due is None else Text(MARKS[TONES[row.due.status]], style=STYLES[TONES[row.due.status]])
        table.add_row(
            *map(Text, (row.person, row.site, row.standing, day_text(row.since), row.arm)), mark,
            Text(next_words(row.due)),
        )  # fmt: skip
    return table


def to_see_to(found: Standings, person: str = "") -> list[RenderableType]:
    """What waits for somebody: new consents, serious events that are overdue, open questions."""
    trial, state = found.trial, found.trial.state
    again = [each for each in trial.to_consent_again(found.on) if person in ("", each)]
    said = [f"To sign the consent form in force: {', '.join(again)}."] if again else []
    said += [clock.sentence for clock in trial.overdue_serious() if person in ("", clock.event.person)]
    said += [
        f"Question {query.entry} about {query.person}, entry {query.about}: {query.text or '(content removed)'}"
        + (f" Answer: {query.answer}" if query.answer else "")
        for query in state.queries.values()
        if query.open and person in ("", query.person)
    ]
    return [heading(f"To see to ({len(said)})"), *(Text(f"  {each}") for each in said), ""] if said else []


def foot(found: Standings) -> str:
    """Of which ledger it is, and that it replaces no judgement."""
    read = f"Ledger up to entry {found.position}, {found.at[:16].replace('T', ' ')} UTC."
    if found.other_version:
        read += f" It was under protocol {short(found.other_version)} then, and is read by the present one."
    return f"{read} Protocol {found.trial.protocol.acronym} {short(found.trial.protocol.digest)}. {STATEMENT}"
