"""The commands: screen, explain, show, check, template, people. The only place that asks the clock."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from .eligibility.person import identify, screen_person
from .eligibility.verdict import Verdict
from .exchange.sources import read_records, with_later_told
from .exchange.template import write_template
from .facts import Reading
from .faults import Fault, Mistakes
from .protocol.load import load_trial
from .protocol.model import Protocol
from .report.check import checked
from .report.data import write_lines, write_rows, write_unread
from .report.explain import explanation_text
from .report.page import page
from .report.shell import Commands, Day, progress, sink
from .report.table import screening_text
from .report.text import PLAIN_WIDTH, drawn
from .report.trial import trial_text
from .report.words import counted
from .simulation.assumptions import load_assumptions
from .simulation.people_files import write_people

# ---------------------------------------------------------------- options
_trial = click.argument("trial", metavar="TRIAL")
_paths = click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
_on = click.option("--on", type=Day(), default=None, metavar="DATE", help="The day to judge on [default: today].")
_complete = click.option(
    "--complete", multiple=True, metavar="CONCEPTS",
    help="Concepts of which the records hold all there is, such as anticancer_treatment: what is not on record then "
    "did not happen. Several with commas. The verdict lists it as an assumption.",
)  # fmt: skip
_output = click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file, whole or not at all."
)


def _concepts(stated: Sequence[str], trial: Protocol) -> list[str]:
    """The names after --complete; a Fault with the nearest names for one that the trial does not know."""
    names = [name.strip() for each in stated for name in each.split(",") if name.strip()]
    for name in names:
        if name not in trial.vocabulary:
            near = get_close_matches(name, list(trial.vocabulary), n=3, cutoff=0.5)
            meant = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(trial.vocabulary)}."
            raise Fault(f'--complete: "{name}" is not a concept of {trial.acronym}: {meant}')
    return names


# ---------------------------------------------------------------- what all commands do
def _read(paths: Sequence[Path], trial: Protocol, on: date) -> Reading:
    with progress("Reading") as told:
        reading = read_records(paths, trial, told)
    if not reading.people:
        names = ", ".join(str(path) for path in paths)
        raise Fault(
            f"There is no person in {names}: name a file or folder with the records of at least one.{_lost(reading)}"
        )
    return with_later_told(reading, trial, on)


def _lost(reading: Reading) -> str:
    """What could not be read, in a sentence that names the first of it."""
    if not reading.unread:
        return ""
    first = reading.unread[0]
    number = counted(len(reading.unread), "entry", "entries")
    return f" {number} could not be read: {first.source}: {first.why.rstrip('.')}."


def _refuse_input(output: Path | None, paths: Sequence[Path]) -> None:
    if output is not None and any(path.is_file() and output.exists() and output.samefile(path) for path in paths):
        raise Fault(f"{output} is one of the files to be read: name another file to write to.")


def _print(parts: list[Any], output: Path | None) -> None:
    """Text to the terminal in its width and colours, or plain to a file or a pipe."""
    terminal = output is None and sys.stdout.isatty()
    stated = os.environ.get("COLUMNS", "")
    width = _columns() if terminal else int(stated) if stated.isdecimal() else PLAIN_WIDTH
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    text = drawn(parts, max(40, width), colour)
    if output is None:
        click.echo(text, nl=False, color=colour)
        return
    with sink(output) as write:
        write(text.encode())


def _columns() -> int:
    """The columns of the terminal, at most 120: longer lines are hard to read."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)


def _format(stated: str | None, output: Path | None, default: str) -> str:
    """The format as stated, else as the file's ending says."""
    endings = {".html": "html", ".htm": "html", ".json": "json", ".ndjson": "json", ".jsonl": "json", ".csv": "csv"}
    return stated or (endings.get(output.suffix.lower(), default) if output else default)


def _refuse_page_on_terminal(chosen: str, output: Path | None) -> None:
    if chosen == "html" and output is None and sys.stdout.isatty():
        raise Fault("A page cannot be shown on a terminal: name a file with --output report.html.")


# ---------------------------------------------------------------- the commands
@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="equipoise", message="Equipoise %(version)s")
def main() -> None:
    """Who may enter a clinical trial, why, and until when that holds.

    TRIAL is the name of a trial that comes with Equipoise (nelmas), or the folder of your own. PATH is a FHIR R4 file
    (.json, .ndjson), a sheet (.csv, .tsv, .xlsx), or a folder of them. Nothing leaves your machine.

    Equipoise is research software: it supports an investigator's judgement and never replaces it.
    """


@main.command()
@_trial
@_paths
@_on
@click.option("--person", "people", multiple=True, metavar="ID", help="Only this person; may be repeated.")
@_complete
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv", "html"]), help="[default: table]")
@_output
@click.option(
    "--unread", type=click.Path(path_type=Path), metavar="FILE", help="Write all that could not be read, as CSV."
)
def screen(
    trial: str, paths: tuple[Path, ...], on: date | None, people: tuple[str, ...], complete: tuple[str, ...],
    stated: str | None, output: Path | None, unread: Path | None,
) -> None:  # fmt: skip
    """Judge everybody in the records against every criterion of the trial.

    Example: equipoise screen nelmas records/ --on 2026-06-01 --format html --output report.html
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), _format(stated, output, "table")
    names = _concepts(complete, protocol)
    for file in (output, unread):
        _refuse_input(file, paths)
    _refuse_page_on_terminal(chosen, output)
    reading = _read(paths, protocol, on)
    verdicts = _verdicts(protocol, reading, on, names, people)
    if unread is not None:
        with sink(unread) as write:
            write_unread(reading.unread, write)
    if chosen in ("json", "csv"):
        with sink(output) as write:
            (write_lines if chosen == "json" else write_rows)(verdicts, write)
        _remark(reading, unread)
    elif chosen == "html":
        with sink(output) as write:
            write(page(protocol, on, list(verdicts), reading).encode())
    else:
        _print(screening_text(protocol, on, list(verdicts), reading), output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def _remark(reading: Reading, listed: Path | None) -> None:
    """What could not be read is told beside the data, lest it vanish."""
    if reading.unread:
        number = counted(len(reading.unread), "entry", "entries")
        where = f"{listed} lists them" if listed else "--unread FILE lists them"
        click.echo(f"{number} could not be read or have a remark: {where}.", err=True)


def _verdicts(
    trial: Protocol, reading: Reading, on: date, complete: Sequence[str], people: Sequence[str]
) -> Iterator[Verdict]:
    """One verdict after the other, so that a long list need not be held."""
    asked = list(dict.fromkeys(identify(reading, person) for person in people)) or list(reading.by_person())

    def each() -> Iterator[Verdict]:
        by_person = reading.by_person()
        with progress("Screening") as told:
            for number, person in enumerate(asked, 1):
                yield screen_person(trial, person, by_person.get(person, []), on, complete)
                told(number, len(asked))

    return each()


@main.command()
@_trial
@_paths
@click.option("--person", metavar="ID", help="Who; can be left out when the records are of one person.")
@_on
@_complete
@click.option("--format", "stated", type=click.Choice(["text", "json", "html"]), help="[default: text]")
@_output
@click.option("--sources", is_flag=True, help="Also tell where in the records each statement stands.")
def explain(
    trial: str, paths: tuple[Path, ...], person: str | None, on: date | None, complete: tuple[str, ...],
    stated: str | None, output: Path | None, sources: bool,
) -> None:  # fmt: skip
    """Explain one person's verdict: every criterion with its sentence, and why it is so.

    Example: equipoise explain nelmas records/ --person P-001 --on "1 June 2026"
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), _format(stated, output, "text")
    names = _concepts(complete, protocol)
    _refuse_input(output, paths)
    _refuse_page_on_terminal(chosen, output)
    reading = _read(paths, protocol, on)
    verdict = next(_verdicts(protocol, reading, on, names, [_one_person(reading, person)]))
    own = [each for each in reading.unread if each.person == verdict.person]
    if chosen == "json":
        with sink(output) as write:
            write_lines([verdict], write)
    elif chosen == "html":
        with sink(output) as write:
            write(page(protocol, on, [verdict], replace(reading, unread=tuple(own))).encode())
    else:
        _print(explanation_text(verdict, own, reading.synthetic, sources), output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def _one_person(reading: Reading, asked: str | None) -> str:
    if asked is not None:
        return asked
    if len(reading.people) == 1:
        return next(iter(reading.people))
    shown = ", ".join(list(reading.people)[:5]) + (", ..." if len(reading.people) > 5 else "")
    raise Fault(f"These records are of {len(reading.people)} people ({shown}): name one with --person ID.")


@main.command()
@_trial
@_output
def show(trial: str, output: Path | None) -> None:
    """Show the trial: its record, what else is known of it, and how each criterion is read."""
    _print(trial_text(load_trial(trial)), output)


@main.command()
@click.argument("folder", metavar="TRIAL-FOLDER")
def check(folder: str) -> None:
    """Check a trial's folder: every fault at once, with file and line; then its worked cases."""
    found = checked(folder)
    if found.mistakes:
        number = len(found.mistakes)
        raise Fault(f"{Mistakes(found.mistakes)}\n\n{number} {'fault' if number == 1 else 'faults'} in {folder}.")
    click.echo(found.summary)


@main.command()
@_trial
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An .xlsx or .csv file [default: TRIAL.xlsx].",
)
def template(trial: str, output: Path | None) -> None:
    """Write the empty sheet to fill in for the trial: one row a person. A file that is there is never overwritten."""
    protocol = load_trial(trial)
    place = output or Path(f"{protocol.id}.xlsx")
    if place.exists():
        raise Fault(f"{place} is already there and may be filled in: name another file with --output.")
    if not place.parent.is_dir():
        raise Fault(f"{place} cannot be written: there is no folder {place.parent}.")
    part = place.with_name(f".{place.stem}.{os.getpid()}.part{place.suffix}")
    try:
        write_template(protocol.vocabulary, f"{protocol.acronym}: {protocol.title}", part)
        part.replace(place)
    except Fault as fault:
        raise Fault(str(fault).replace(str(part), str(place))) from None
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"Written: {place}")


@main.command()
@_trial
@click.option(
    "--count", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="How many people."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed draws the same people."
)
@click.option(
    "--on", type=Day(), default=None, metavar="DATE", help="The day up to which their records go [default: today]."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new or empty folder."
)
def people(trial: str, count: int, seed: int, on: date | None, output: Path) -> None:
    """Draw virtual people, who do not exist, and write their records as FHIR R4 (NDJSON).

    Example: equipoise people nelmas --count 300 --seed 7 --output people/
    """
    protocol = load_trial(trial)
    assumptions = load_assumptions(trial, protocol.vocabulary)
    with progress("Drawing people") as told:
        written = write_people(protocol, assumptions, count, seed, output, on or date.today(), told)
    click.echo(f"Written: {written}")
