"""One command for each verb of the table, and the chapters in which the help lists them."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from ..concepts import Vocabulary
from ..eligibility.notation import NotationError
from ..faults import Fault
from ..report.words import ended
from .trial_door import (
    Asked,
    as_option,
    entered,
    folder_option,
    key_option,
    ledger_argument,
    now_option,
    store_option,
    tell,
)  # fmt: skip
from .trial_facts import Stated, facts_in, read_stated
from .trial_perform import perform
from .trial_values import read_value
from .trial_verbs import CHAPTERS, VERBS, Told, Verb

_METAVARS = {
    "day": "DATE", "when": "DATE", "moment": "TIME", "entry": "ENTRY", "entries": "ENTRY", "yes_no": "[yes|no]",
    "quantity": "AMOUNT", "fact": "FACT", "facts": "FACT", "waivers": "POINT WHY",
}  # fmt: skip
_WHOLE = 200  # characters: the sentence of a verb is never cut
_FILE = click.option(
    "--facts", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="A TOML file of facts, in the notation of worked cases.",
)  # fmt: skip


class Chapters(click.Group):
    """A group whose help lists its commands in chapters, in the order of a trial."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        of_verbs = {verb.name: verb.chapter for verb in VERBS}
        for chapter in ("Commands", *CHAPTERS):
            names = [name for name in self.commands if of_verbs.get(name, "Commands") == chapter]
            with formatter.section(chapter):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(_WHOLE)) for name in names])


class Value(click.ParamType):
    """A value of one kind of the table."""

    def __init__(self, told: Told) -> None:
        self.told, self.name = told, told.kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return read_value(self.told, value) if isinstance(value, str) else value
        except Fault as fault:
            self.fail(str(fault), param, ctx)


def command_of(verb: Verb) -> click.Command:
    """The verb as a command: its arguments by their places, then its options."""
    placed: list[click.Parameter] = [_argument(told) for told in verb.told if told.placed]
    options = [_option(told) for told in verb.told if not told.placed]
    text = f"{verb.help}\n\nExample: equipoise trial {verb.example}"
    command = click.Command(verb.name, callback=partial(_done, verb), help=text, params=[*placed, *options])
    shared = [as_option, *([store_option, key_option] if verb.secret else []), folder_option, now_option]
    for add in [*shared, ledger_argument, *([_FILE] if _many_facts(verb) else [])]:
        command = add(command)
    # A decorator adds its parameter behind the others; the ledger's place is before all of them.
    command.params.sort(key=lambda param: (not isinstance(param, click.Argument), param.name != "path"))
    return command


def _many_facts(verb: Verb) -> bool:
    return any(told.kind == "facts" for told in verb.told)


def _argument(told: Told) -> click.Argument:
    metavar = "|".join(told.words) if 0 < len(told.words) < 5 else _METAVARS.get(told.kind, told.name.upper())
    several = told.kind == "facts"
    shown = f"[{metavar}]{'...' if several else ''}" if not told.needed else metavar
    return click.Argument(
        [told.name], type=Value(told), required=told.needed, nargs=-1 if several else 1, metavar=shown,
        default=None,
    )  # fmt: skip


def _option(told: Told) -> click.Option:
    pairs, several = told.kind == "waivers", told.kind in ("waivers", "entries")
    kind: Any = (str, str) if pairs else Value(Told(told.name, kind="entry")) if several else Value(told)
    return click.Option(
        [told.option, told.name], type=kind, required=told.needed, multiple=several, help=told.help,
        metavar=_METAVARS.get(told.kind, told.name.upper()),
    )  # fmt: skip


# ---------------------------------------------------------------- doing it
def _done(
    verb: Verb, path: Path, by: str, folder: str, now: Any, randomiser: Path | None = None, key: Path | None = None,
    file: Path | None = None, **stated: Any,
) -> None:  # fmt: skip
    given = {name: value for name, value in stated.items() if value is not None and value != ()}
    asked = Asked(path, folder, now, randomiser, key)
    with entered(asked, adopting=verb.name == "adopt") as trial:
        try:
            perform(trial, verb, by, _values(verb, given, file, trial.protocol.vocabulary))
        finally:
            wrote = bool(trial.noted)
            tell(trial)
        if not wrote:
            click.echo("Nothing was written: it is recorded already.")


def _values(verb: Verb, given: dict[str, Any], file: Path | None, vocabulary: Vocabulary) -> dict[str, Any]:
    """What the door is told: facts read by the protocol's words, and what only says more about them left out."""
    beside = {told.name: given[told.name] for told in verb.told if told.beside and told.name in given}
    values = {name: value for name, value in given.items() if name not in beside}
    for told in verb.told:
        match told.kind:
            case "facts":
                values[told.name] = _facts(values.get(told.name, ()), file, beside, vocabulary)
            case "fact":
                values[told.name] = _fact(values[told.name], beside, vocabulary, correcting=True)
            case "waivers" if told.name in values:
                values[told.name] = dict(values[told.name])
            case _:
                pass
    return values


def _facts(
    lines: tuple[str, ...], file: Path | None, beside: dict[str, Any], vocabulary: Vocabulary
) -> tuple[Stated, ...]:
    of_file = [Stated(fact) for fact in facts_in(file, vocabulary)] if file is not None else []
    if beside and not lines:
        raise Fault(f"--{next(iter(beside))} is for facts of the command line: a file says it of each fact itself.")
    return (*(_fact(line, beside, vocabulary) for line in lines), *of_file)


def _fact(line: str, beside: dict[str, Any], vocabulary: Vocabulary, correcting: bool = False) -> Stated:
    try:
        return read_stated(line, beside, vocabulary, "", correcting)
    except NotationError as error:
        raise Fault(f"{line}: {ended(str(error))}") from None
