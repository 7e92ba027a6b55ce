"""One verdict as text: what decides, every criterion with its sentence, what to find, whom to ask, and until when."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..dates import day_text
from ..eligibility.verdict import Judgement, Need, Outcome, Verdict
from ..facts import Unread
from .table import unread_text
from .text import STYLES, dim, heading, indented, marked
from .words import (
    MARKS,
    STATEMENT,
    SYNTHETIC,
    TONES,
    asked,
    headline,
    sentence,
    short,
    sources,
    standing,
    stretches,
    verdict_words,
)

_KINDS = {
    "inclusion": "To enter, a person must meet all of these",
    "exclusion": "A person cannot enter if any of these applies",
}


def explanation_text(
    verdict: Verdict, unread: Sequence[Unread] = (), synthetic: bool = False, with_sources: bool = False
) -> list[RenderableType]:
    """The whole explanation for a terminal."""
    tone = TONES[verdict.outcome]
    parts: list[RenderableType] = [
        heading(f"{verdict.person} for {verdict.trial.acronym}, on {day_text(verdict.on)}"),
        *([Text(SYNTHETIC, style="bold")] if synthetic else []),
        "",
        marked(tone, verdict_words(verdict).upper(), bold=True),
        Text(headline(verdict)),
        "",
    ]
    if verdict.outcome is not Outcome.ELIGIBLE:
        parts += [heading("What decides"), *(_decides(judgement) for judgement in verdict.deciding), ""]
    parts += _wanted(verdict)
    parts += _warnings(verdict)
    parts += _until(verdict)
    for kind, words in _KINDS.items():
        parts += [heading(words), ""]
        for judgement in verdict.judgements:
            if judgement.criterion.kind == kind:
                parts += [_criterion(judgement, with_sources), ""]
    if verdict.assumptions:
        parts += [heading("Taken for granted"), *(indented(Text(text)) for text in verdict.assumptions), ""]
    parts += unread_text(unread, every=True)
    parts.append(dim(f"Protocol {verdict.trial.acronym} {short(verdict.protocol)}. {STATEMENT}"))
    return parts


def _decides(judgement: Judgement) -> Table:
    mark = standing(judgement)
    return _hanging(
        Text(f"  {mark.mark} {judgement.criterion.id}", style=STYLES[mark.tone]), Text(sentence(judgement.because)), 7
    )


def _hanging(head: Text, body: RenderableType, width: int) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(width=width, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_row(head, body)
    return table


def _criterion(judgement: Judgement, with_sources: bool) -> Table:
    """The mark and id, the title and what it means, the protocol's own sentence, and why."""
    criterion, stands = judgement.criterion, standing(judgement)
    title = (
        Text(criterion.title, style="bold")
        .append(" · ", style="not bold")
        .append(stands.words, style=STYLES[stands.tone])
    )
    body = Table.grid(expand=True)
    body.add_column(ratio=1, overflow="fold")
    body.add_row(title)
    body.add_row(Text(f"“{criterion.source}”", style="dim italic"))
    body.add_row(Text(sentence(judgement.because)))
    if with_sources and sources(judgement):
        body.add_row(dim(f"from {'; '.join(sources(judgement))}"))
    return _hanging(Text(f"  {MARKS[stands.tone]} {criterion.id}", style=STYLES[stands.tone]), body, 7)


def _wanted(verdict: Verdict) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for head, needs in {"To find in the records": list(verdict.to_find), **asked(verdict)}.items():
        if needs:
            parts += [heading(head), *(indented(Text(_need(need))) for need in needs), ""]
    return parts


def _need(need: Need) -> str:
    return f"- {need.text} ({', '.join(need.criteria)})"


def _warnings(verdict: Verdict) -> list[RenderableType]:
    if not verdict.warnings:
        return []
    told = [indented(Text(f"! {sentence(text)}", style="yellow")) for text in verdict.warnings]
    return [heading("Worth knowing (no criterion; it does not change the verdict)"), *told, ""]


def _until(verdict: Verdict) -> list[RenderableType]:
    """The timeline in words."""
    periods = stretches(verdict)
    if len(periods) == 1:
        return [
            heading("Until when"),
            indented(Text("No date changes this; only something new about the person can.")),
            "",
        ]
    parts: list[RenderableType] = [heading("Until when, if nothing new is learned")]
    for number, period in enumerate(periods):
        when = Text(f"{period.days[:1].upper()}{period.days[1:]}: ")
        parts.append(indented(when.append_text(marked(TONES[period.outcome], period.words))))
        parts += [indented(Text(period.because), 4)] if number else []
    return [*parts, ""]
