"""equipoise design: how many people, how long, with which power; and what a published sample size rests on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..faults import Fault
from ..protocol.load import load_trial
from ..report.shell import sink
from .common import format_of, output_option, print_parts, trial_argument

if TYPE_CHECKING:
    from ..analysis.design.sequential import Futility, Rule

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
_BOUNDS = "obrien-fleming, pocock, wang-tsiatis:DELTA, haybittle-peto:Z"
_SPENDING = "like-obrien-fleming, like-pocock, hsd:GAMMA, power:RHO"


class Looks(click.ParamType):
    """A number of looks, or their shares of the information."""

    name = "looks"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        from ..analysis.design.sequential import evenly_spaced

        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",") if part.strip()]
        try:
            if len(parts) == 1 and parts[0].isdecimal():
                return evenly_spaced(int(parts[0]))
            return tuple(float(part) for part in parts)
        except ValueError:
            self.fail(f'"{value}" is neither a number of looks nor shares of the events: write 3, or 0.5,0.75,1', param)


@click.command()
@trial_argument
@click.option("--hr", type=float, metavar="HR", help="Hazard ratio, experimental to control.")
@click.option("--control-rate", "control", type=_SHARE, metavar="P", help="Share of the control arm without an event.")
@click.option("--experimental-rate", "experimental", type=_SHARE, metavar="P", help="In place of --hr.")
@click.option("--at", type=float, metavar="M", help="Months at which those shares are.")
@click.option("--delay", type=float, default=0.0, metavar="M", help="Months after entry without any effect.")
@click.option("--alpha", type=_SHARE, metavar="P", help="Type I error, of all sides together.")
@click.option("--sides", type=click.IntRange(1, 2), metavar="N", help="1 or 2.")
@click.option("--power", type=_SHARE, metavar="P", help="The power that is wanted.")
@click.option("--people", type=click.IntRange(2, 10_000_000), metavar="N", help="People: then the power is the answer.")
@click.option("--accrual", type=float, metavar="M", help="Months over which people enter, evenly; 0: all on one day.")
@click.option("--followup", type=float, metavar="M", help="Months from the last entry to the analysis.")
@click.option("--loss", type=float, metavar="P", help="Share of people lost to follow-up in a year.")
@click.option("--ratio", type=float, default=1.0, metavar="R", help="People in the experimental arm for one control.")
@click.option(
    "--method",
    type=click.Choice(["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes", "bernstein-lagakos"]),
    help="The formula; all are shown.",
)
@click.option("--looks", type=Looks(), metavar="N|T,T,1", help="Group-sequential: how many looks, or their shares.")
@click.option("--spending", metavar="NAME", help=f"Spend alpha: {_SPENDING} [default: like-obrien-fleming].")
@click.option("--bounds", metavar="NAME", help=f"Boundaries without spending: {_BOUNDS}.")
@click.option("--futility", metavar="NAME", help="Also stop for futility: spend 1 - power, by the names of --spending.")
@click.option("--binding", is_flag=True, help="Whoever crosses the boundary for futility must stop.")
@click.option("--seen-z", type=float, metavar="Z", help="Conditional power: the z at a look, above 0 for benefit.")
@click.option("--seen-events", type=float, metavar="D", help="The events at that look.")
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv"]), help="[default: table]")
@output_option
def design(trial: str, stated: str | None, output: Path | None, **asked: Any) -> None:
    """Design the comparison: people, events over calendar time, power of each test, looks.

    Without options: what the trial published of its sample size, which settings give it, and what it can show.

    Example: equipoise design nelmas --hr 0.6 --control-rate 0.25 --at 36 --accrual 36 --followup 36 --looks 3
    """
    from ..analysis.design.asked import answered
    from ..analysis.design.reproduced import dossier
    from ..report.design import answer_text
    from ..report.design_data import design_csv, design_json
    from ..report.design_published import dossier_text
    from .design_asked import has_asked, question

    protocol = load_trial(trial)
    chosen = format_of(stated, output, "table")
    rule, futility = _rules(asked)
    own = has_asked(asked)
    if not own and not protocol.design.is_stated:
        raise Fault(
            f"{protocol.acronym} states nothing of its sample size: state a design with --hr, --control-rate and --at."
        )
    told = None if own else dossier(protocol.design)
    answer = answered(question(protocol, asked, rule, futility))
    if chosen == "html":
        raise Fault("A design is written as a table, as JSON or as CSV: name a file that ends in .txt, .json or .csv.")
    if chosen in ("json", "csv"):
        with sink(output) as write:
            write(design_json(protocol, told, answer) if chosen == "json" else design_csv(protocol, told, answer))
    else:
        parts = answer_text(protocol, answer) if told is None else dossier_text(protocol, told, answer)
        print_parts(parts, output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def _rules(asked: dict[str, Any]) -> "tuple[Rule | None, Futility | None]":
    """The rule for benefit and the one for futility. Raises Fault for a name that is none."""
    from ..analysis.design.sequential import Futility
    from .design_asked import rule_named, spending_named

    spending, bounds, futility = (asked.pop(key) for key in ("spending", "bounds", "futility"))
    binding, looks = asked.pop("binding"), asked["looks"]
    if spending and bounds:
        raise Fault("Name either --spending or --bounds: each says where to stop for benefit.")
    if looks is None and (spending or bounds or futility):
        raise Fault("Boundaries need looks: say how many with --looks 3, or where with --looks 0.5,0.75,1.")
    if binding and not futility:
        raise Fault("--binding is a property of --futility: name a spending function for that, too.")
    if looks is None:
        return None, None
    rule = rule_named(bounds) if bounds else spending_named(spending or "like-obrien-fleming", "--spending")
    return rule, Futility(spending_named(futility, "--futility"), binding) if futility else None
