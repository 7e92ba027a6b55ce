"""A CSV file of people in two arms -> arrays, with its columns as named, or guessed and said so; faults by line."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Final

from ..analysis.followed import TwoArms, two_arms
from ..faults import Fault, Mistake, Mistakes

_SHOWN: Final = 20  # of many lines with the same kind of fault
_LONGEST: Final = 1e12  # more is a slip, and its square would be no number
_MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "."})
# Heads by which each column is known, the likeliest first; compared without capitals, blanks and marks.
_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "time": ("time", "aval", "days", "months", "years", "weeks", "survivaltime", "futime", "followup", "t"),
    "event": ("event", "status", "cnsr", "died", "dead", "death", "relapse", "recurrence", "eventobserved"),
    "arm": ("arm", "treatment", "trt01p", "trt", "group", "rx", "treatmentarm", "allocation"),
    "strata": ("strata", "stratum", "strata1", "strata2", "strata3", "strata4"),
    "entry": ("entry", "entrydy", "start", "entrytime"),
}
_WHAT: Final = {
    "time": "how long each person was followed", "event": "whether the time ended with the event",
    "arm": "the arm of each person",
}  # fmt: skip
_CONTROLS: Final = (
    "0", "control", "placebo", "standard", "soc", "standard of care", "observation", "obs", "best supportive care",
    "bsc", "untreated", "reference",
)  # fmt: skip
_YES: Final = frozenset({"1", "yes", "y", "true", "t", "event", "dead", "died", "relapse", "recurrence"})
_NO: Final = frozenset({"0", "no", "n", "false", "f", "censored", "alive", "none"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user named of a file: heads of columns and values; "" and () where nothing was."""

    time: str = ""
    event: str = ""
    arm: str = ""
    strata: tuple[str, ...] = ()
    entry: str = ""
    event_is: str = ""
    experimental: str = ""
    skip_incomplete: bool = False


@dataclass(frozen=True, eq=False)
class Compared:
    """The people of a file. arms: the names of arm 0 and arm 1. strata: their names, in the order of their numbers.

    notes: what was guessed or left out, a sentence each.
    """

    people: TwoArms
    arms: tuple[str, str]
    strata: tuple[str, ...]
    notes: tuple[str, ...]


def read_comparison(path: Path, asked: Asked) -> Compared:
    """The people of a CSV file. Raises Fault for a file that is none, and Mistakes with a line for each bad value."""
    return _File(path, asked, *_table(path)).compared()


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The heads, and each row with the number of its line in the file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Fault(f"{path} cannot be read ({error.strerror}): name a CSV file.") from None
    except UnicodeDecodeError:
        raise Fault(f"{path} is not UTF-8 text: save the sheet as CSV in UTF-8.") from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise Fault(f"{path}: line {reader.line_num} is no CSV ({error}): is a quotation mark left open?") from None
    rows = [(line, row) for line, row in rows if any(row)]
    if len(rows) < 2 or len(rows[0][1]) < 3:
        raise Fault(f"{path} holds no comparison: it needs a line of heads (time, event, arm), then a line a person.")
    return rows[0][1], rows[1:]


@dataclass(frozen=True, eq=False)
class _File:
    """One file as it is being read; notes and mistakes gather on the way."""

    path: Path
    asked: Asked
    heads: Sequence[str]
    rows: Sequence[tuple[int, list[str]]]
    notes: list[str] = field(default_factory=list[str])
    mistakes: list[Mistake] = field(default_factory=list[Mistake])

    def compared(self) -> Compared:
        time, event, arm = (self.column(name, getattr(self.asked, name)) for name in _WHAT)
        strata = self.strata_columns()
        entry = self.optional("entry", self.asked.entry)
        rows = self.complete([time, event, arm, *strata, *([] if entry is None else [entry])])
        if not rows:
            self.refuse()
        times = self.numbers(rows, time)
        events, arms = self.events(rows, event), self.arms(rows, arm)
        entries = None if entry is None else self.numbers(rows, entry)
        self.check_ranges([line for line, _ in rows], times, entries)
        if self.mistakes:
            self.refuse()
        labels = [" | ".join(row[place] for place in strata) for _, row in rows]
        names = sorted(set(labels)) if strata else []
        numbers = [arms.index(row[arm]) for _, row in rows]
        people = two_arms(times, events, numbers, stratum=labels if strata else None, entry=entries)
        return Compared(people, (arms[0], arms[1]), tuple(names), tuple(self.notes))

    def check_ranges(self, lines: Sequence[int], times: Sequence[float], entries: Sequence[float] | None) -> None:
        """Times and entries that nobody can have, each told by its line."""
        for number, line in enumerate(lines):
            time, entry = times[number], 0.0 if entries is None else entries[number]
            if time < 0:
                self.wrong(line, f"the time {time:g} is below 0: nobody is followed to before the beginning")
            elif entry < 0:
                self.wrong(line, f"the entry {entry:g} is below 0: write 0 for who was observed from the beginning")
            elif entry > 0 and time <= entry:
                self.wrong(line, f"the entry {entry:g} is not before the end of the time, {time:g}")

    # ---------------------------------------------------------------- columns
    def column(self, name: str, stated: str) -> int:
        """The place of a column, by the head that was named or by one of the usual ones."""
        found = self.optional(name, stated)
        if found is None:
            raise Fault(
                f"{self.path}: no column says {_WHAT[name]}: name it with --{name}, one of {', '.join(self.heads)}."
            )
        return found

    def optional(self, name: str, stated: str) -> int | None:
        if stated:
            return self.head(name, stated)
        usual = [place for known in _HEADS[name] for place, head in enumerate(self.heads) if _plain(head) == known]
        if usual and (len(usual) > 1 or name == "entry"):
            others = "" if len(usual) == 1 else f", not {', '.join(self.heads[place] for place in usual[1:])}"
            self.notes.append(f'"{self.heads[usual[0]]}" is taken as the {name}{others} (--{name} names another).')
        return usual[0] if usual else None

    def head(self, name: str, stated: str) -> int:
        """The place of a head that the user named."""
        places = [place for place, head in enumerate(self.heads) if head == stated]
        places = places or [place for place, head in enumerate(self.heads) if _plain(head) == _plain(stated)]
        if len(places) != 1:
            many = "several columns are" if places else "no column is"
            raise Fault(f'{self.path}: {many} called "{stated}" (--{name}); there are {", ".join(self.heads)}.')
        return places[0]

    def strata_columns(self) -> list[int]:
        if self.asked.strata:
            return [self.head("strata", stated) for stated in self.asked.strata]
        found = [place for known in _HEADS["strata"] for place, head in enumerate(self.heads) if _plain(head) == known]
        if found:
            named = " and ".join(f'"{self.heads[place]}"' for place in found)
            self.notes.append(f"{named} is taken as the strata (--strata names other columns).")
        return found

    # ---------------------------------------------------------------- rows
    def complete(self, columns: Sequence[int]) -> list[tuple[int, list[str]]]:
        """The rows with a value in each of the columns; the others are mistakes, or left out where that is wanted."""
        kept: list[tuple[int, list[str]]] = []
        left_out: list[int] = []
        for line, row in self.rows:
            if any(row[len(self.heads) :]):
                self.wrong(line, f"{len(row)} values under {len(self.heads)} heads: quote a value that holds a comma")
        if self.mistakes:
            self.refuse()  # at once, since the values of such a row stand under the wrong heads
        for line, row in self.rows:
            row = [*row, *[""] * (len(self.heads) - len(row))]
            lacking = [self.heads[place] for place in columns if row[place].lower() in _MISSING]
            if not lacking:
                kept.append((line, row))
            elif self.asked.skip_incomplete:
                left_out.append(line)
            else:
                self.wrong(line, f"no {', '.join(lacking)}: fill it in, or leave such rows out with --skip-incomplete")
        if left_out:
            lines = ", ".join(map(str, left_out[:_SHOWN])) + (" and more" if len(left_out) > _SHOWN else "")
            number = f"{len(left_out)} of {len(self.rows)} people"
            self.notes.append(f"Left out, since a value is missing: {number} (line {lines}).")
        if not kept and not self.mistakes:
            raise Fault(f"{self.path}: no row has all of the values that a comparison needs.")
        return kept

    def numbers(self, rows: Sequence[tuple[int, list[str]]], column: int) -> list[float]:
        return [self.number(line, row[column], self.heads[column]) for line, row in rows]

    def number(self, line: int, text: str, head: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            self.wrong(line, f'{head} is "{text}": write a number, with a point for the decimals')
        elif abs(number) > _LONGEST:
            self.wrong(line, f"{head} is {number:g}: nobody is followed for so long, in any unit")
        return number

    def events(self, rows: Sequence[tuple[int, list[str]]], column: int) -> list[int]:
        """1 for the event, 0 for none, by the value that means the event or by the usual words."""
        values = {row[column] for _, row in rows}
        reading = self.meaning(values, self.heads[column])
        return [reading(row[column]) for _, row in rows]

    def meaning(self, values: set[str], head: str) -> Callable[[str], int]:
        """What the values of the event's column mean."""
        if self.asked.event_is:
            if self.asked.event_is not in values:
                known = ", ".join(sorted(values))
                raise Fault(f'{self.path}: no {head} is "{self.asked.event_is}" (--event-is); there are {known}.')
            return lambda value: int(value == self.asked.event_is)
        if _plain(head) == "cnsr" and values <= {"0", "1", "2"}:
            self.notes.append(f'"{head}" is read as CDISC means it: 0 is the event, anything else a censoring.')
            return lambda value: int(value == "0")
        words = {value.lower() for value in values}
        if words <= _YES | _NO and (words & _NO or words == {"1"}):
            return lambda value: int(value.lower() in _YES)
        known = ", ".join(sorted(values)[:8])
        raise Fault(f"{self.path}: which {head} means the event? Name it with --event-is; there are {known}.")

    def arms(self, rows: Sequence[tuple[int, list[str]]], column: int) -> list[str]:
        """The names of arm 0 and arm 1."""
        names = sorted({row[column] for _, row in rows})
        head = self.heads[column]
        if len(names) != 2:
            told = f"only {names[0]}" if len(names) == 1 else f"{len(names)} values ({', '.join(names[:8])})"
            raise Fault(f"{self.path}: {head} has {told}: a comparison needs people in two arms.")
        if self.asked.experimental:
            if self.asked.experimental not in names:
                raise Fault(
                    f'{self.path}: no {head} is "{self.asked.experimental}" (--experimental): {" or ".join(names)}.'
                )
            return [name for name in names if name != self.asked.experimental] + [self.asked.experimental]
        controls = [name for name in names if name.lower() in _CONTROLS]
        if len(controls) == 1:
            return controls + [name for name in names if name not in controls]
        self.notes.append(f'"{names[1]}" is taken as the experimental arm (--experimental names the other).')
        return names

    # ---------------------------------------------------------------- mistakes
    def wrong(self, line: int, message: str) -> None:
        self.mistakes.append(Mistake(str(self.path), line, 0, message))

    def refuse(self) -> None:
        """Raises the mistakes by line, the first of them where there are many."""
        found = sorted(self.mistakes, key=lambda mistake: mistake.line)
        if len(found) > _SHOWN:
            more = Mistake(str(self.path), 0, 0, f"and {len(found) - _SHOWN} more lines like these")
            found = [*found[:_SHOWN], more]
        raise Mistakes(found)


def _plain(head: str) -> str:
    return "".join(letter for letter in head.lower() if letter.isalnum())


def named(stated: Sequence[str]) -> Iterator[str]:
    """The heads of an option that takes several, with commas or repeated."""
    return (name.strip() for each in stated for name in each.split(",") if name.strip())
