"""What was published of a trial's sample size, as text: what follows from it, what gives it, what it can show."""

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from ..analysis.design.asked import Answer
from ..analysis.design.reproduced import Combination, Dossier, Given
from ..protocol.design_plan import PublishedSize, Stated, Unpublished
from ..protocol.model import Protocol
from .design import CAUTION, colophon, columns, design_parts, grid
from .text import dim, heading, indented
from .words import counted, listed, people_counted

_SHOWN: Final = 8  # settings of a search that are shown for each size
_LABELS: Final = {
    "at": "time", "control": "control arm", "experimental": "experimental arm", "hazard_ratio": "\"hazard ratio\"",
}  # fmt: skip


def dossier_text(trial: Protocol, told: Dossier, answer: Answer) -> list[RenderableType]:
    """What was published and what it rests on; then the design with the settings that stand in place of the rest."""
    return [
        heading(f"{trial.acronym}: the sample size, as far as it is known"),
        Text(CAUTION, style="bold"),
        "",
        *_published(told),
        *_follows(told),
        *_never(trial, told),
        *_reproduced(trial, told),
        *_powers(trial, told),
        heading("With settings of ours in place of what was never published"),
        *design_parts(trial, answer),
        *colophon(trial),
    ]


def _published(told: Dossier) -> Iterator[RenderableType]:
    yield heading("What was published")
    table = grid(2, 2, 5)
    for size in told.plan.sizes:
        table.add_row("people planned", f"{size.people:,}", dim(_source(size)))
    for key, label in _LABELS.items():
        stated = told.plan.published.get(key)
        if stated is not None:
            table.add_row(label, _value(key, stated, told), dim(_source(stated)))
    yield indented(table)
    yield ""


def _value(key: str, stated: Stated, told: Dossier) -> str:
    if key == "at":
        return f"{stated.number:g} months"
    if key == "hazard_ratio":
        return f"{stated.number:g}"
    return f"{100 * stated.number:g} % without an event"


def _source(stated: Stated | PublishedSize | Unpublished) -> str:
    return f"{stated.note} (source: {stated.source})" if stated.note else f"source: {stated.source}"


def follows(told: Dossier) -> list[str]:
    """What arithmetic says of the published numbers, one sentence each."""
    at, control, experimental = (told.plan.published[key].number for key in ("at", "control", "experimental"))
    found = [
        f"{100 * experimental:g} % against {100 * control:g} % at {at:g} months is a hazard ratio of "
        f"{told.hazard_ratio:.3f}, with proportional hazards: ln {experimental:g} / ln {control:g}."
    ]
    shown = told.published_ratio
    if shown is None:
        return found
    if told.is_a_rate:
        found.append(
            f"The published {shown:g} is not that ratio. It is the experimental arm's hazard rate a year: "
            f"-ln {experimental:g} / {at / 12:g} = {told.yearly[1]:.3f}. That it was mislabelled is our inference from "
            "the arithmetic; no source says so."
        )
    elif round(shown, 2) != round(told.hazard_ratio, 2):
        found.append(f"The published {shown:g} is not that ratio.")
    found += [_literal_sentence(told, each.power, each.exact, shown, at) for each in told.literal]
    return found


def _literal_sentence(told: Dossier, power: float, exact: float, shown: float, at: float) -> str:
    sizes = [f"{size.people}" for size in told.plan.sizes]
    others = f", {'neither ' if len(sizes) > 1 else 'not '}{listed(sizes, 'nor')}." if sizes else "."
    return (
        f"Taken literally, a hazard ratio of {shown:g} would need about {exact:.0f} people for a power of {power:.2f} "
        f"({_alpha(told.alpha)}, Schoenfeld, everybody followed {at:g} months){others}"
    )


def _alpha(one_sided: float) -> str:
    return f"two-sided {2 * one_sided:g}"


def _follows(told: Dossier) -> Iterator[RenderableType]:
    yield heading("What follows from it")
    for each in follows(told):
        yield indented(Text(each))
    yield ""


def _never(trial: Protocol, told: Dossier) -> Iterator[RenderableType]:
    if not told.plan.unpublished:
        return
    yield heading(f"What {trial.acronym} never published")
    for each in told.plan.unpublished:
        yield indented(Text(f"{each.what}." if not each.note else f"{each.what}. {each.note}"))
    sources = list(dict.fromkeys(each.source for each in told.plan.unpublished))
    for source in sources:
        yield indented(dim(f"({source})"))
    yield ""


# ---------------------------------------------------------------- which settings give it
def _reproduced(trial: Protocol, told: Dossier) -> Iterator[RenderableType]:
    yield heading(f"Which settings give those numbers (ours, not from {trial.acronym})")
    for each in reproduced(told):
        yield indented(Text(each))
    ours = [given for _, given in told.candidates]
    table = columns("people", "before rounding", "alpha, one-sided", "power", "formula", "accrual", "follow-up", "lost")
    for people in sorted(told.reproduction.giving, reverse=True):
        others = [each for each in told.reproduction.giving[people] if each not in ours]
        rows = [each for each in ours if each.people == people] + others
        for given in rows[:_SHOWN]:
            table.add_row(*_given(given))
        if len(rows) > _SHOWN:
            table.add_row("", f"and {len(rows) - _SHOWN} more", "", "", "", "", "", "")
    yield indented(table)
    yield ""


def reproduced(told: Dossier) -> list[str]:
    """How many settings give each published size, one sentence each."""
    tried = told.reproduction
    sizes = sorted(tried.giving, reverse=True)
    if not sizes:
        return ["No settings were tried."]
    counts = listed([f"{len(tried.giving[people])} give {people}" for people in sizes])
    found = [
        f"Of {tried.tried:,} combinations tried, {counts}, rounded up to whole pairs. Many combinations do, and none "
        "is identified."
    ]
    if tried.joint:
        found.append(
            f"{counted(tried.joint, 'setting gives', 'settings give')} {min(sizes)} without loss and {max(sizes)} "
            "with some."
        )
    smallest = [f"{people:,} at one-sided {alpha:g}" for alpha, people in tried.smallest.items()]
    found.append(f"The fewest people of any combination tried: {listed(smallest)}.")
    return found


def _given(given: Given) -> tuple[str, ...]:
    settings: Combination = given.settings
    return (
        f"{given.people}", f"{given.exact:.1f}", f"{settings.alpha:g}", f"{settings.power:.2f}", settings.method,
        f"{settings.accrual:g}", f"{settings.followup:g}", f"{100 * settings.lost:g} %",
    )  # fmt: skip


def _powers(trial: Protocol, told: Dossier) -> Iterator[RenderableType]:
    if not told.attained:
        return
    at = told.plan.published["at"].number
    yield heading(f"What they can show: power at {_alpha(told.alpha)} (ours, not from {trial.acronym})")
    for people, power in told.attained:
        yield indented(Text(f"{people_counted(people)} have a power of {power:.2f} for the published shares."))
    table = columns("people", f"control at {at:g} months", *(f"HR {ratio:g}" for ratio in told.ratios))
    for row in told.table:
        table.add_row(f"{row.people}", f"{100 * row.control:g} %", *(f"{100 * power:.1f} %" for power in row.powers))
    yield indented(table)
    yield indented(dim(f"Log-rank by Schoenfeld's formula; everybody followed {at:g} months, nobody lost."))
    yield ""
