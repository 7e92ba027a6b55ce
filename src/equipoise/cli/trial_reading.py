"""equipoise trial status, visits and recompute: what the ledger says, of today or of any past position."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from ..faults import Fault
from ..ledger.canonical import canonical_text
from ..ledger.entry import read_utc, utc_text
from ..participant.moves import Refused
from ..report.participant_text import participant_text
from ..report.shell import Day, sink
from ..report.standings import standings_of, visit_list
from ..report.standings_data import standings_csv, standings_json, visits_csv, visits_json
from ..report.standings_table import standings_text
from ..report.visits_calendar import visits_calendar
from ..report.visits_table import visits_text
from ..report.words import counted, short
from ..trial import Trial
from .common import format_of, output_option, print_parts, refuse_input
from .trial_door import Asked, Moment, folder_option, ledger_argument, note_export, read_only, taker_option

DIFFERENT = 1  # a finding about the ledger, not a mistake of the person who asks

day_option = click.option("--on", type=Day(), metavar="DATE", help="The day to look on [default: today].")


@click.command()
@ledger_argument
@click.argument("person", metavar="[PERSON]", default="")
@day_option
@click.option("--position", type=click.IntRange(min=1), metavar="N", help="As the ledger stood after entry N.")
@click.option("--at", type=Moment(), metavar="TIME", help="As the ledger stood at this time.")
@click.option("--blind", is_flag=True, help="Hide arms, doses, and what only one arm has.")
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json"]), help="[default: table]")
@output_option
@taker_option
@folder_option
def status(
    path: Path, person: str, on: date | None, position: int | None, at: datetime | None, blind: bool,
    stated: str | None, output: Path | None, by: str | None, folder: str,
) -> None:  # fmt: skip
    """Show where everybody stands, or everything about one person.

    Example: equipoise trial status trial.ledger P-001 --at 2026-03-02T12:00Z
    """
    asked, chosen = Asked(path, folder), _format(stated, output)
    if chosen == "ics" or (person and chosen != "table"):
        raise Fault("One person is shown as text; of everybody write .txt, .csv or .json.")
    refuse_input(output, [path])
    note_export(asked, by, f"status of {person or 'everybody'} as {chosen}")
    with read_only(asked) as trial:
        _go_back(trial, position, at)
        found = standings_of(trial, on or trial.today, blind, person)
        if person and not found.rows:
            raise Fault(f"{person} was not in this trial by then.")
        if chosen == "table":
            print_parts(participant_text(found) if person else standings_text(found), output)
        else:
            _write((standings_csv if chosen == "csv" else standings_json)(found), output)
    _written(output)


def _go_back(trial: Trial, position: int | None, at: datetime | None) -> None:
    """The door as it stood then: its state, and its clock."""
    if position is None and at is None:
        return
    if position is not None and at is not None:
        raise Fault("Say --position or --at: each is one moment of the ledger.")
    if position is not None and position > trial.state.head:
        raise Fault(f"--position {position}: the ledger has {counted(trial.state.head, 'entry', 'entries')}.")
    trial.state = trial.state_at(position, utc_text(at) if at else None)
    if not trial.state.head:
        raise Fault("Nothing was written by then: the trial was opened later.")
    moment = at or read_utc(trial.state.at)
    trial.now = lambda: moment


@click.command()
@ledger_argument
@click.option("--site", default="", metavar="SITE", help="Only people of this site.")
@click.option("--person", default="", metavar="PERSON", help="Only this person.")
@day_option
@click.option("--blind", is_flag=True, help="Hide the visits that only one arm has.")
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json", "ics"]), help="[default: table]")
@output_option
@taker_option
@folder_option
def visits(
    path: Path, site: str, person: str, on: date | None, blind: bool, stated: str | None, output: Path | None,
    by: str | None, folder: str,
) -> None:  # fmt: skip
    """List the visits that are due, the most urgent first; or write them as a sheet or a calendar.

    Example: equipoise trial visits trial.ledger --site Essen --output visits.ics
    """
    asked, chosen = Asked(path, folder), _format(stated, output)
    refuse_input(output, [path])
    note_export(asked, by, f"visits{f' at {site}' if site else ''}{f' of {person}' if person else ''} as {chosen}")
    with read_only(asked) as trial:
        found = visit_list(trial, _people(trial, site, person), on or trial.today, blind)
    if chosen == "table":
        print_parts(visits_text(found), output)
    else:
        _write({"csv": visits_csv, "json": visits_json, "ics": visits_calendar}[chosen](found), output)
    _written(output)


def _people(trial: Trial, site: str, person: str) -> list[Any]:
    if site and site not in trial.state.sites:
        raise Fault(f'There is no site "{site}" in this trial: {", ".join(trial.state.sites) or "none is open"}.')
    chosen = [trial.person(person)] if person else list(trial.state.people.values())
    return [each for each in chosen if site in ("", each.site)]


# ---------------------------------------------------------------- proof
@click.command()
@ledger_argument
@click.argument("person", metavar="PERSON")
@folder_option
def recompute(path: Path, person: str, folder: str) -> None:
    """Make a signed eligibility sheet again from the ledger as it stood then, and compare both letter by letter.

    Ends with 0 when they are equal, with 1 and the first difference when not.

    Example: equipoise trial recompute trial.ledger P-001
    """
    with read_only(Asked(path, folder), any_version=True) as trial:
        _check_version(trial, person)
        signed, again = trial.recomputed(person)
        sheet = trial.person(person).latest("eligible")
        assert sheet is not None and sheet.body is not None  # else recomputed had refused
        position = (trial.store.entry(sheet.body["screening"]).body or {})["position"]
    if canonical_text(signed) != canonical_text(again):
        click.echo(f"The eligibility sheet of {person} (entry {sheet.seq}) differs: {_difference(signed, again)}.")
        raise click.exceptions.Exit(DIFFERENT)
    click.echo(
        f"The eligibility sheet of {person}, signed by {sheet.actor} (entry {sheet.seq}), is equal to the letter."
    )
    click.echo(f"Made again under protocol {signed['protocol']}, from the ledger up to entry {position}.")
    click.echo(f"SHA-256 of both: {sha256(canonical_text(signed).encode()).hexdigest()}")


def _check_version(trial: Trial, person: str) -> None:
    sheet = trial.person(person).latest("eligible")
    digest = ((sheet.body if sheet is not None else None) or {}).get("sheet", {}).get("protocol", "")
    if digest and digest != trial.protocol.digest:
        raise Refused(
            f"The sheet of {person} was signed under protocol {short(digest)}, and this one is "
            f"{short(trial.protocol.digest)}: name the folder of that version with --trial."
        )


def _difference(signed: Any, again: Any, place: str = "") -> str:
    """The first place in which two pieces of data differ, with both values."""
    if isinstance(signed, Mapping) and isinstance(again, Mapping):
        for name in dict.fromkeys([*signed, *again]):
            if _text(signed.get(name)) != _text(again.get(name)):
                return _difference(signed.get(name), again.get(name), f"{place}.{name}" if place else name)
    if isinstance(signed, list | tuple) and isinstance(again, list | tuple):
        for number, (one, other) in enumerate(zip_longest(signed, again)):
            if _text(one) != _text(other):
                return _difference(one, other, f"{place}[{number}]")
    return f"{place} was {_text(signed)}, and is {_text(again)} when made again"


def _text(data: Any) -> str:
    return "nothing" if data is None else canonical_text(data)


# ---------------------------------------------------------------- where it goes
def _format(stated: str | None, output: Path | None) -> str:
    if stated is None and output is not None and output.suffix.lower() in (".ics", ".ical"):
        return "ics"
    chosen = format_of(stated, output, "table")
    if chosen == "html":
        raise Fault("This is no page: write a table (.txt), .csv, .json, or a calendar (.ics).")
    return chosen


def _write(data: bytes, output: Path | None) -> None:
    with sink(output) as write:
        write(data)


def _written(output: Path | None) -> None:
    if output is not None:
        click.echo(f"Written: {output}", err=True)
