"""equipoise dose and activity: whether a dose may be given, and how much to draw for it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from ..conduct.activity import volume_for
from ..conduct.dose_notes import advice_of, sources_of
from ..conduct.dosing import decide_dose
from ..eligibility.person import identify
from ..faults import Fault
from ..protocol.doses import Level
from ..protocol.load import load_trial
from ..protocol.model import Protocol
from ..protocol.product import Product, measured
from ..quantities import Quantity
from ..report.dose import decision_text, draw_text
from ..report.shell import sink
from .common import (
    complete_option,
    concepts_named,
    format_of,
    on_option,
    output_option,
    paths_argument,
    print_parts,
    read,
    refuse_input,
    trial_argument,
)  # fmt: skip
from .records import one_person


@click.command()
@trial_argument
@paths_argument
@click.option("--person", metavar="ID", help="Who; can be left out when the records are of one person.")
@on_option
@click.option("--cycle", type=int, metavar="N", help="Which dose it is thought to be [default: the next one].")
@complete_option
@click.option("--every-rule", is_flag=True, help="Also show each rule that does not hold, with its values.")
@click.option("--format", "stated", type=click.Choice(["text", "json"]), help="[default: text]")
@output_option
def dose(
    trial: str, paths: tuple[Path, ...], person: str | None, on: date | None, cycle: int | None,
    complete: tuple[str, ...], every_rule: bool, stated: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Decide one person's next dose: give, reduce, hold or stop; by which rule, and on which values.

    Example: equipoise dose nelmas records/ --person P-001 --on "1 June 2026"
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), format_of(stated, output, "text")
    names = concepts_named(complete, protocol)
    refuse_input(output, paths)
    reading = read(paths, protocol, on, [person] if person else ())
    whom = identify(reading, one_person(reading, person))
    decision = decide_dose(protocol, whom, reading.by_person().get(whom, []), on, cycle, names)
    if chosen == "json":
        told = {"sources": list(sources_of(decision)), "advice": list(advice_of(decision))}
        _write_json({**decision.as_dict(), **told}, output)
    else:
        print_parts(decision_text(decision, reading.synthetic, every_rule), output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


class Instant(click.ParamType):
    """A time of a day with its time zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time in UTC. Fails, in words, for what is no time, and for one without a time zone."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(f'"{value}" is not one certain time: write 2026-05-01T06:00Z or 2026-05-01T08:00+02:00.')
        return moment.astimezone(UTC)


@click.command()
@trial_argument
@click.option("--calibrated", type=Instant(), required=True, metavar="TIME", help="For when the vial is calibrated.")
@click.option("--infusion", type=Instant(), required=True, metavar="TIME", help="When the infusion begins.")
@click.option("--level", default="", metavar="ID", help="Which activity: full or reduced [default: the full one].")
@click.option("--vial", "stated_vial", metavar="VOLUME", help='What the vial at hand holds, such as "22.4 mL".')
@click.option("--format", "stated", type=click.Choice(["text", "json"]), help="[default: text]")
@output_option
def activity(
    trial: str, calibrated: datetime, infusion: datetime, level: str, stated_vial: str | None, stated: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """Work out how many millilitres hold the prescribed activity at the time of infusion.

    Example: equipoise activity nelmas --calibrated 2026-05-01T06:00Z --infusion 2026-05-02T10:00Z --level reduced
    """
    protocol, chosen = load_trial(trial), format_of(stated, output, "text")
    asked, product = _level(protocol, level), _product(protocol)
    draw = volume_for(asked, product, calibrated, infusion, _vial(stated_vial))
    if chosen == "json":
        _write_json({"trial": protocol.acronym, "level": asked.id, **draw.as_dict()}, output)
    else:
        print_parts(draw_text(draw, asked, protocol.treatment, protocol.acronym), output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def _level(trial: Protocol, named: str) -> Level:
    levels = trial.treatment.levels
    if not levels:
        raise Fault(f"{trial.acronym} has no treatment.toml: there is no activity to draw.")
    found = trial.treatment.level(named) if named else levels[0]
    if found is None:
        known = ", ".join(level.id for level in levels)
        raise Fault(f'--level: "{named}" is not a level of {trial.acronym}; there are: {known}.')
    return found


def _product(trial: Protocol) -> Product:
    if trial.treatment.product is None:
        raise Fault(f"treatment.toml of {trial.acronym} has no [product]: its half-life and vial are not known.")
    return trial.treatment.product


def _vial(stated: str | None) -> Quantity | None:
    if stated is None:
        return None
    volume = measured(stated, "mL")
    if volume is None or volume.lo is None or volume.lo <= 0:
        raise Fault(f'--vial: "{stated}" is no volume; write it with its unit, such as "22.4 mL".')
    return volume


def _write_json(found: Mapping[str, Any], output: Path | None) -> None:
    with sink(output) as write:
        write(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE))
