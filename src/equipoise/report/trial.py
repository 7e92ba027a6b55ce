"""A trial as a person would read it: the record's own sections in its order, what else is known, how we read it."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..protocol.model import Criterion, Entry, Protocol, Section
from ..rules.prose import says
from .text import dim, heading, indented
from .words import STATEMENT, counted

KINDS = {"inclusion": "Inclusion Criteria", "exclusion": "Exclusion Criteria"}


def trial_text(trial: Protocol) -> list[RenderableType]:
    """The whole trial for a terminal."""
    parts: list[RenderableType] = [heading(trial.title), Text(trial.condition), ""]
    parts += [heading("About this trial"), Text(trial.about), "", heading("Eligibility Criteria"), ""]
    for kind, words in KINDS.items():
        parts += [heading(f"  {words}"), *(_verbatim(c) for c in trial.criteria if c.kind == kind), ""]
    parts += [*_sites(trial), *_arms(trial)]
    if trial.sections:
        parts += [
            heading("What else is publicly known"),
            dim("Each with its source; what is not from the trial says so."),
            "",
        ]
    for section in trial.sections:
        parts += _section(section, trial)
    parts += [
        heading("How the criteria are read"),
        dim("The rule in words, and our notes where the sentence is ambiguous."),
        "",
    ]
    for criterion in trial.criteria:
        parts += [_reading(criterion, trial), ""]
    parts += _beside(trial)
    parts += [dim(f"Protocol digest {trial.digest}"), dim(STATEMENT)]
    return parts


def _row(head: str, body: RenderableType, width: int = 7) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(width=width, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_row(Text(f"  {head}", style="bold"), body)
    return table


def _verbatim(criterion: Criterion) -> Table:
    return _row(criterion.id, Text(criterion.source))


def _sites(trial: Protocol) -> Iterator[RenderableType]:
    yield heading("Sites / Locations")
    if not trial.sites:
        yield indented(
            Text("The record names none. (Your own can be put into sites.toml in a copy of the trial's folder.)")
        )
    for site in trial.sites:
        details = ", ".join(part for part in (site.country, f"open since {site.opened}" if site.opened else "") if part)
        yield indented(Text(f"{site.name} ({details})" if details else site.name))
    yield ""


def _arms(trial: Protocol) -> Iterator[RenderableType]:
    yield heading("Arms of the Study")
    for arm in trial.arms:
        yield indented(Text(f"{arm.id}  ", style="bold").append(f"{arm.kind} · {arm.name}", style="not bold"))
        yield indented(Text(arm.description), 9)
    yield ""


def _section(section: Section, trial: Protocol) -> Iterator[RenderableType]:
    yield indented(heading(section.heading))
    for entry in section.entries:
        yield indented(_entry(entry, trial))
    yield ""


def _entry(entry: Entry, trial: Protocol) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=5, overflow="fold")
    body = Text(entry.value)
    if entry.note:
        body.append(f"\n{entry.note}", style="italic")
    body.append(f"\n{origin(entry, trial)}", style="dim")
    table.add_row(Text(entry.label), body)
    return table


def origin(entry: Entry, trial: Protocol) -> str:
    """Where an entry is from; a default of ours says that the trial never published it."""
    if entry.ours:
        return f"not from {trial.acronym}: a default of ours" + (f" ({entry.source})" if entry.source else "")
    return f"source: {entry.source}"


def _reading(criterion: Criterion, trial: Protocol) -> Table:
    body = Table.grid(expand=True)
    body.add_column(ratio=1, overflow="fold")
    body.add_row(Text(criterion.title, style="bold").append(f" ({criterion.kind})", style="not bold"))
    body.add_row(Text(f"{rule_words(criterion, trial)}"))
    for note in criterion.notes:
        body.add_row(Text(f"· {note}", style="italic"))
    if criterion.ours:
        body.add_row(dim(f"not from {trial.acronym}, ours: {criterion.ours}"))
    return _row(criterion.id, body)


def rule_words(criterion: Criterion, trial: Protocol) -> str:
    """The rule in words, as a sentence about entering."""
    clause = says(criterion.rule, trial.vocabulary)
    return f"{'Met' if criterion.kind == 'inclusion' else 'Excluded'} when {clause}."


def _beside(trial: Protocol) -> Iterator[RenderableType]:
    if not trial.warnings:
        return
    yield heading(f"Warnings beside the verdict ({counted(len(trial.warnings), 'warning')}; they never change it)")
    for warning in trial.warnings:
        body = Text(warning.message).append(
            f"\n{'not from ' + trial.acronym + ': ' if warning.ours else ''}{warning.source}", style="dim"
        )
        yield _row(warning.id, body)
    yield ""
