"""equipoise safety: when to stop for toxicity, and the grades of one person's laboratory values."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from ..conduct.boundary import Method, operating_characteristics
from ..conduct.safety import graded_values, worst_grades
from ..conduct.stopping import boundary_of
from ..eligibility.person import identify
from ..faults import Fault
from ..protocol.load import load_trial
from ..protocol.model import Protocol
from ..protocol.safety import Stopping
from ..quantities import read_decimal
from ..report.safety_data import write_boundaries, write_boundary_rows, write_grade_rows, write_grades
from ..report.safety_table import boundary_text, grades_text
from ..report.shell import Day, sink
from .common import (
    format_of,
    on_option,
    output_option,
    paths_argument,
    print_parts,
    read,
    refuse_input,
    trial_argument,
)  # fmt: skip

_TIMES = (Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2), Decimal("2.5"), Decimal(3))  # of the acceptable rate


@click.group()
def safety() -> None:
    """When to stop for toxicity, and the grades of laboratory values."""


class Number(click.ParamType):
    """A number without rounding: 0.10 stays 0.10."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        found = value if isinstance(value, Decimal) else read_decimal(str(value))
        return self.fail(f'"{value}" is no number: write 0.10.', param, ctx) if found is None else found


@safety.command()
@trial_argument
@click.option("--rule", "identifier", metavar="ID", help="Only this stopping rule of the trial.")
@click.option(
    "--method",
    type=click.Choice(["bayes", "exact"]),
    default="bayes",
    show_default=True,
    help="By a Beta prior and a cutoff, or one exact level for all looks (Ivanova 2005).",
)
@click.option("--max-n", "most", type=click.IntRange(1, 10_000), metavar="N", help="Up to so many people.")
@click.option("--p0", "acceptable", type=Number(), metavar="RATE", help="The rate that is still acceptable.")
@click.option("--cutoff", type=Number(), metavar="P", help="Stop when the rate is above p0 with more than this chance.")
@click.option("--prior", nargs=2, type=Number(), metavar="A B", help="The Beta prior of the rate.")
@click.option("--alpha", type=Number(), metavar="P", help="The chance to stop at p0 (exact).")
@click.option("--first", type=click.IntRange(min=1), metavar="N", help="Look first after so many people.")
@click.option("--every", type=click.IntRange(min=1), metavar="N", help="Then after every so many more.")
@click.option("--rate", "rates", multiple=True, type=Number(), metavar="RATE", help="A true rate; may be repeated.")
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json"]), help="[default: table]")
@output_option
def boundary(
    trial: str, identifier: str | None, method: Method, rates: tuple[Decimal, ...], stated: str | None,
    output: Path | None, **asked: Any,
) -> None:  # fmt: skip
    """Print when to stop for toxicity, and what that rule does if the true rate is another.

    Example: equipoise safety boundary nelmas --max-n 40 --p0 0.15 --method exact
    """
    protocol, chosen = load_trial(trial), _format(stated, output)
    changed = {key: value for key, value in asked.items() if value not in (None, ())}
    rules = [_asked_for(rule, changed) for rule in _chosen(protocol, identifier)]
    found = [
        (rule, made, operating_characteristics(made, _rates(rule, rates)))
        for rule in rules
        for made in [boundary_of(rule, method)]
    ]
    if chosen == "table":
        said = [f"{_NAMES[key]} {_shown(value)}" for key, value in changed.items()]
        print_parts([part for each in found for part in boundary_text(protocol, *each, said)], output)
    else:
        with sink(output) as write:
            if chosen == "csv":
                write_boundary_rows(found, write)
            else:
                write_boundaries(protocol, found, write)
    _tell(output)


_NAMES = {
    "most": "max-n", "acceptable": "p0", "cutoff": "cutoff", "prior": "prior", "alpha": "alpha", "first": "first",
    "every": "every",
}  # fmt: skip


def _shown(value: Any) -> str:
    return f"Beta({', '.join(str(number) for number in value)})" if isinstance(value, tuple) else str(value)


def _chosen(trial: Protocol, identifier: str | None) -> Sequence[Stopping]:
    rules = trial.safety.stopping
    if not rules:
        raise Fault(f"{trial.acronym} states no stopping rule: write one as [[stopping]] in its safety.toml.")
    if identifier is None:
        return rules
    rule = trial.safety.stop(identifier)
    if rule is None:
        known = ", ".join(each.id for each in rules)
        raise Fault(f'{trial.acronym} has no stopping rule "{identifier}": name one of {known}.')
    return [rule]


def _asked_for(rule: Stopping, changed: dict[str, Any]) -> Stopping:
    """The rule with what the user asked otherwise. Raises Fault for what is no share."""
    for key in ("acceptable", "cutoff", "alpha"):
        if key in changed and not 0 < changed[key] < 1:
            raise Fault(f"--{_NAMES[key]} is a share between 0 and 1, not {changed[key]}: write 0.10.")
    asked = replace(rule, **changed)
    if "most" in changed and "first" not in changed and asked.first > asked.most:
        asked = replace(asked, first=asked.most)
    return asked


def _rates(rule: Stopping, rates: tuple[Decimal, ...]) -> list[float]:
    return [float(rate) for rate in rates or [rule.acceptable * times for times in _TIMES] if rates or rate <= 1]


@safety.command()
@trial_argument
@paths_argument
@click.option("--person", metavar="ID", help="Who; can be left out when the records are of one person.")
@on_option
@click.option("--since", type=Day(), metavar="DATE", help="Count for the worst grade only from this day on.")
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json"]), help="[default: table]")
@output_option
def grades(
    trial: str, paths: tuple[Path, ...], person: str | None, on: date | None, since: date | None, stated: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """Grade one person's laboratory values by the trial's tables, and tell the worst of each.

    Example: equipoise safety grades nelmas records/ --person P-001 --since 2026-03-01
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), _format(stated, output)
    refuse_input(output, paths)
    reading = read(paths, protocol, on, [person] if person else ())
    if person is None and len(reading.people) > 1:
        raise Fault(f"These records are of {len(reading.people)} people: name one with --person ID.")
    who = identify(reading, person) if person else next(iter(reading.people))
    facts = reading.by_person()[who]
    values = graded_values(facts, protocol.gradings, protocol.vocabulary, on)
    worst = worst_grades(facts, protocol.gradings, protocol.vocabulary, on, since)
    if chosen == "table":
        print_parts(grades_text(protocol, who, on, since, values, worst, reading.synthetic), output)
    else:
        with sink(output) as write:
            if chosen == "csv":
                write_grade_rows(protocol, values, write)
            else:
                write_grades(protocol, who, on, values, worst, write)
    _tell(output)


def _format(stated: str | None, output: Path | None) -> str:
    chosen = format_of(stated, output, "table")
    if chosen == "html":
        raise Fault("This is no page: write a table (.txt), .csv or .json.")
    return chosen


def _tell(output: Path | None) -> None:
    if output is not None:
        click.echo(f"Written: {output}", err=True)
