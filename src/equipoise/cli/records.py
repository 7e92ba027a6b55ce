"""equipoise screen and explain: everybody in the records, or one person."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from ..eligibility.person import identify, screen_person
from ..eligibility.verdict import Verdict
from ..facts import Reading
from ..faults import Fault
from ..protocol.load import load_trial
from ..protocol.model import Protocol
from ..report.data import write_lines, write_rows, write_unread
from ..report.explain import explanation_text
from ..report.page import page
from ..report.shell import progress, sink
from ..report.table import screening_text
from ..report.words import counted
from .cohort import EVERYONE_UP_TO, Asked, Who, screen_cohort
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
    refuse_page_on_terminal,
    trial_argument,
)  # fmt: skip
from .facts_folder import facts_folder


@click.command()
@trial_argument
@paths_argument
@on_option
@click.option("--person", "people", multiple=True, metavar="ID", help="Only this person; may be repeated.")
@complete_option
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv", "html"]), help="[default: table]")
@output_option
@click.option(
    "--unread", type=click.Path(path_type=Path), metavar="FILE", help="Write all that could not be read, as CSV."
)
@click.option(
    "--engine",
    type=click.Choice(["reference", "duckdb", "spark"]),
    help="What finds the truths: the reference, one person after the other; DuckDB, for a whole hospital; Spark, past "
    "one machine [default: duckdb for a folder of facts, else reference]. All give the same.",
)
@click.option("--master", metavar="URL", default="local[*]", show_default=True, help="The cluster, for Spark.")
@click.option(
    "--details",
    type=click.Choice(["everyone", "open", "nobody"]),
    help="With an engine: for whom to add evidence, sentences and what is missing, by the reference; open: whoever may "
    f"enter and shows a sign of the disease [default: everyone up to {EVERYONE_UP_TO:,} people, else open].",
)
def screen(
    trial: str, paths: tuple[Path, ...], on: date | None, people: tuple[str, ...], complete: tuple[str, ...],
    stated: str | None, output: Path | None, unread: Path | None, engine: str | None, master: str,
    details: Who | None,
) -> None:  # fmt: skip
    """Judge everybody in the records against every criterion of the trial.

    Example: equipoise screen nelmas records/ --on 2026-06-01 --format html --output report.html

    Example: equipoise screen nelmas facts/ --on 2026-06-01 --engine duckdb --output people.csv
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), format_of(stated, output, "table")
    names = concepts_named(complete, protocol)
    for file in (output, unread):
        refuse_input(file, paths)
    refuse_page_on_terminal(chosen, output)
    engine = engine or ("duckdb" if facts_folder(paths) and not people else "reference")
    if engine != "reference":
        if people:
            raise Fault("--person asks for one person: leave --engine out, or use equipoise explain.")
        asked = Asked(protocol, paths, on, tuple(names), engine, master, chosen, output, unread, details)
        screen_cohort(asked)
        return
    if details is not None:
        raise Fault("--details belongs to --engine duckdb and spark: the reference always gives all.")
    reading = read(paths, protocol, on, people)
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
        print_parts(screening_text(protocol, on, list(verdicts), reading), output)
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


@click.command()
@trial_argument
@paths_argument
@click.option("--person", metavar="ID", help="Who; can be left out when the records are of one person.")
@on_option
@complete_option
@click.option("--format", "stated", type=click.Choice(["text", "json", "html"]), help="[default: text]")
@output_option
@click.option("--sources", is_flag=True, help="Also tell where in the records each statement stands.")
def explain(
    trial: str, paths: tuple[Path, ...], person: str | None, on: date | None, complete: tuple[str, ...],
    stated: str | None, output: Path | None, sources: bool,
) -> None:  # fmt: skip
    """Explain one person's verdict: every criterion with its sentence, and why it is so.

    Example: equipoise explain nelmas records/ --person P-001 --on "1 June 2026"
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), format_of(stated, output, "text")
    names = concepts_named(complete, protocol)
    refuse_input(output, paths)
    refuse_page_on_terminal(chosen, output)
    reading = read(paths, protocol, on, [person] if person else ())
    verdict = next(_verdicts(protocol, reading, on, names, [one_person(reading, person)]))
    own = [each for each in reading.unread if each.person == verdict.person]
    if chosen == "json":
        with sink(output) as write:
            write_lines([verdict], write)
    elif chosen == "html":
        with sink(output) as write:
            write(page(protocol, on, [verdict], replace(reading, unread=tuple(own))).encode())
    else:
        print_parts(explanation_text(verdict, own, reading.synthetic, sources), output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def one_person(reading: Reading, asked: str | None) -> str:
    """Whom the command is about: the person asked for, or the only one in the records. Raises Fault."""
    if asked is not None:
        return asked
    if len(reading.people) == 1:
        return next(iter(reading.people))
    shown = ", ".join(list(reading.people)[:5]) + (", ..." if len(reading.people) > 5 else "")
    raise Fault(f"These records are of {len(reading.people)} people ({shown}): name one with --person ID.")
