"""A screening as one self-contained page: it asks for nothing from the web, runs no script, and prints well."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ..dates import day_text
from ..eligibility.verdict import Outcome, Verdict
from ..facts import Reading, Unread
from ..protocol.model import Criterion, Protocol
from ..truth import UNKNOWN
from . import words
from .timeline import LABELS, WIDTH, picture
from .trial import rule_words


@dataclass(frozen=True, slots=True)
class Loss:
    """How one criterion parts the people: against, of these by nothing else, open, in favour."""

    criterion: Criterion
    against: int
    alone: int
    open: int
    favourable: int

    def percent(self, number: int) -> float:
        return round(100 * number / max(1, self.against + self.open + self.favourable), 2)


def losses(verdicts: Sequence[Verdict]) -> list[Loss]:
    """For each criterion whom it costs, in the protocol's order."""
    found: list[Loss] = []
    for number, criterion in enumerate(verdicts[0].trial.criteria if verdicts else ()):
        judged = [(verdict, verdict.judgements[number]) for verdict in verdicts]
        against = [verdict for verdict, judgement in judged if judgement.against]
        alone = sum(len(verdict.deciding) == 1 for verdict in against)
        unknown = sum(judgement.truth is UNKNOWN for _, judgement in judged)
        found.append(Loss(criterion, len(against), alone, unknown, len(judged) - len(against) - unknown))
    return found


def page(trial: Protocol, on: date, verdicts: Sequence[Verdict], reading: Reading) -> str:
    """The whole page as HTML: the summary, a page for each person, and the protocol's sentences."""
    numbers = {verdict.person: number for number, verdict in enumerate(verdicts, 1)}
    groups = words.grouped(verdicts)
    ordered = [verdict for members in groups.values() for verdict in members]
    return _environment().get_template("report.html").render(
        trial=trial, on=on, verdicts=ordered, groups=groups, numbers=numbers, losses=losses(verdicts), reading=reading,
        kinds=words.unread_kinds(reading.unread), own=_by_person(reading.unread),
    )  # fmt: skip


def _by_person(unread: Iterable[Unread]) -> dict[str, list[Unread]]:
    """What could not be read of each person of whom something was not."""
    found: dict[str, list[Unread]] = {}
    for each in unread:
        found.setdefault(each.person, []).append(each)
    return found


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words, picture=picture, next_change=words.next_change, rule_words=rule_words, tones=words.TONES,
        WIDTH=WIDTH, LABELS=LABELS, INELIGIBLE=Outcome.INELIGIBLE, style=_template("report.css"),
    )  # fmt: skip
    environment.filters["day"] = day_text
    environment.filters["sentence"] = words.sentence
    return environment


def _template(name: str) -> str:
    return resources.files("equipoise.report").joinpath("templates", name).read_text(encoding="utf-8")
