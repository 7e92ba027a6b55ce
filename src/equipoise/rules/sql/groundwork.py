"""What every rule is built of: the facts of a concept as of the day, moments and windows, and whether all is known.

The counterpart of rules.case and rules.selecting. What is one row a person is a step of its own, to be joined by key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ...concepts import Concept, Vocabulary
from ...dates import EARLIEST, Duration, shifted
from ..nodes import Look, Moment, Window
from ..tables import DAYS, stated_column, value_columns
from .dialects import Dialect
from .query import Step
from .text import all_of, any_of, case, day

SURE, PERHAPS, OUTSIDE = "2", "1", "0"  # does the fact lie in the window?
_CALENDAR: Final = 4_000_000  # more days than the calendar has
Needs = dict[str, None]  # the tables, one row a person, that an expression speaks of; in order


class Days(NamedTuple):
    """The expressions of the first and the last day that something may be."""

    lo: str
    hi: str


def join(name: str, key: str) -> str:
    return f"\n  LEFT JOIN {name} ON {name}.key = {key}"


@dataclass(slots=True)
class Groundwork:
    vocabulary: Vocabulary
    on: int
    complete: frozenset[str]
    dialect: Dialect
    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    tables: dict[str, str] = field(default_factory=dict[str, str])

    # ------------------------------------------------------------ steps
    def step(self, about: str, sql: str, facts: bool = False) -> str:
        """The name of the table that the SELECT makes; the same SELECT is one table."""
        known = self.steps.get(sql)
        if known is None:
            known = Step(f"s{len(self.steps) + 1}_{about}", sql, facts)
            self.steps[sql] = known
        return known.name

    def table(self, name: str) -> str:
        return self.tables.setdefault(name, f"facts_of_{name}")

    def parts(self, name: str) -> list[str]:
        """The concepts whose facts are facts of this one: itself and its members, and theirs."""
        return [name, *(part for member in self.vocabulary[name].members for part in self.parts(member))]

    def dated(self, name: str) -> bool:
        """May a fact of the concept be a date, whose value is the day that counts?"""
        return any(self.vocabulary[part].kind == "date" for part in self.parts(name))

    def facts(self, name: str) -> str:
        """The facts of a concept as case.Case knows them on the day: those that stand by then, cut at the day."""
        concept = self.vocabulary[name]
        selects = [self._facts_of(part, concept, own=part == name) for part in dict.fromkeys(self.parts(name))]
        return self.step(name, "\nUNION ALL\n".join(selects), facts=True)

    def _facts_of(self, part: str, concept: Concept, own: bool) -> str:
        today = day(self.on)
        theirs = value_columns(self.vocabulary[part])
        wanted = (value_columns(concept) | (DAYS if self.dated(concept.name) else {})).items()
        columns = [name if name in theirs else f"CAST(NULL AS {kind}) AS {name}" for name, kind in wanted]
        known = f"CASE WHEN when_hi > {today} AND when_lo <= {today} AND NOT none THEN {today} ELSE when_hi END"
        over_lo = "CASE WHEN end_lo >= when_lo THEN end_lo ELSE when_lo END"
        over_hi = (
            f"CASE WHEN end_lo IS NULL THEN {known} WHEN end_lo >= when_lo THEN end_hi "
            "ELSE greatest(end_hi, when_lo) END"
        )
        by_then = "" if self.vocabulary[part].planned else f" WHERE when_lo <= {today}"
        none = "none" if own else "FALSE AS none"
        others = "" if own else (" AND NOT none" if by_then else " WHERE NOT none")
        listed = ", ".join([
            "key", "n", none, f"{'TRUE' if own else 'FALSE'} AS own", "when_lo", f"{known} AS when_hi",
            f"{over_lo} AS over_lo", f"{over_hi} AS over_hi", "doubt", *columns,
        ])  # fmt: skip
        return f"SELECT {listed}\nFROM {self.table(part)}{by_then}{others}"

    # ------------------------------------------------------------ what is known of a concept altogether
    def about(self, name: str) -> str:
        """One row a person of whom there is any fact: the newest day, how many facts, and the statement of none."""
        first = day(EARLIEST)
        number = self.dialect.number_of
        since = self.dialect.days_later.format(day=first, count=f"CAST(none_at % {_CALENDAR} AS INTEGER)")
        return self.step(
            f"about_{name}",
            f"SELECT key, newest, known, own, none_hi, {since} AS none_lo\nFROM (\n"
            "SELECT key, max(CASE WHEN NOT none THEN when_hi END) AS newest, "
            "count(CASE WHEN NOT none THEN 1 END) AS known, count(CASE WHEN NOT none AND own THEN 1 END) AS own, "
            "max(CASE WHEN none THEN when_hi END) AS none_hi,\n"
            f"  max(CASE WHEN none THEN {number('when_hi')} * {_CALENDAR} + {number('when_lo')} END) AS none_at\n"
            f"FROM {self.facts(name)} GROUP BY key\n) a",
        )

    def none(self, name: str) -> str:
        """One row a person of whom it is stated that there was none: the last day of the newest such statement."""
        sql = f"SELECT key, max(when_hi) AS none_hi\nFROM {self.facts(name)} WHERE none GROUP BY key"
        return self.step(f"none_{name}", sql)

    def closed(self, name: str, needs: Needs) -> str:
        """Case.closure: are the known facts all there are?"""
        concept = self.vocabulary[name]
        if name in self.complete or concept.absence == "no":
            return "TRUE"
        about = self.needed(self.about(name), needs)
        stated = f"{about}.none_hi IS NOT NULL AND coalesce({about}.newest, {day(EARLIEST)}) <= {about}.none_hi"
        if concept.holds is not None:
            stated += f" AND {self.dialect.shifted(f'{about}.none_lo', concept.holds)} >= {day(self.on)}"
        once = f"coalesce({about}.own, 0) > 0" if concept.once or concept.complete_when_any else "FALSE"
        return any_of([stated, once])

    def needed(self, name: str, needs: Needs) -> str:
        needs[name] = None
        return name

    def moment(self, moment: Moment, needs: Needs) -> tuple[str, str]:
        """Case.when: the first and the last day that it may be; NULL when it is not on record."""
        if moment.look is None:
            return day(self.on), day(self.on)
        known = self.needed(self._moments(moment.look), needs)
        if not moment.or_today:
            return f"{known}.lo", f"{known}.hi"
        today = day(self.on)
        return tuple(f"CASE WHEN {known}.key IS NULL THEN {today} ELSE {known}.{end} END" for end in ("lo", "hi"))  # pyright: ignore[reportReturnType]

    def _moments(self, look: Look) -> str:
        facts = self.facts(look.concept)
        leading, turn = (
            ("when_lo <= turn", "min(when_hi)") if look.selector == "first" else ("when_hi >= turn", "max(when_lo)")
        )
        turns = self.step(
            f"turn_{look.concept}", f"SELECT key, {turn} AS turn\nFROM {facts} WHERE NOT none GROUP BY key"
        )
        settled = "count(CASE WHEN doubt THEN 1 END) = 0"
        return self.step(
            f"when_{look.concept}",
            f"SELECT f.key, CASE WHEN {settled} THEN min(when_lo) END AS lo, "
            f"CASE WHEN {settled} THEN max(when_hi) END AS hi\n"
            f"FROM {facts} f JOIN {turns} t ON t.key = f.key WHERE NOT none AND {leading} GROUP BY f.key",
        )

    def bounds(self, window: Window, needs: Needs) -> tuple[Days | None, Days | None, str]:
        """selecting.bounds: the days of a window's beginning and end, and whether a moment of it is not on record."""
        moment = self.moment(window.moment, needs)
        lacking = "FALSE" if window.moment.look is None else f"{moment[0]} IS NULL"
        if window.other is not None:
            other = self.moment(window.other, needs)
            lacks_other = "FALSE" if window.other.look is None else f"{other[0]} IS NULL"
            return Days(*moment), Days(*other), any_of([lacking, lacks_other])
        if window.side == "around":
            assert window.far is not None
            return self._moved(moment, window.far, -1), self._moved(moment, window.far, 1), lacking
        sign = -1 if window.side == "before" else 1
        near = self._moved(moment, window.near, sign)
        far = None if window.far is None else self._moved(moment, window.far, sign)
        return (far, near, lacking) if sign < 0 else (near, far, lacking)

    def _moved(self, days: tuple[str, str], by: Duration, sign: int) -> Days:
        if days == (day(self.on), day(self.on)):
            known = day(shifted(self.on, by, sign))
            return Days(known, known)
        return Days(*(self.dialect.shifted(each, by, sign) for each in days))

    def inside(self, window: Window | None, needs: Needs) -> tuple[str, str]:
        """Does the fact f lie in the window: surely, perhaps, not? And is a moment of the window not on record?"""
        if window is None:
            return SURE, "FALSE"
        lower, upper, lacking = self.bounds(window, needs)
        before = f"f.over_hi < {lower.lo}" if lower else "FALSE"
        after = f"f.when_lo > {upper.hi}" if upper else "FALSE"
        begun = f"f.over_lo >= {lower.hi}" if lower else "TRUE"
        ended = f"f.when_hi <= {upper.lo}" if upper else "TRUE"
        touches = case([(any_of([before, after]), OUTSIDE), (all_of([begun, ended]), SURE)], PERHAPS)
        return case([(lacking, PERHAPS)], touches), lacking

    # ------------------------------------------------------------ the facts that a look finds
    def rows(self, look: Look, truth: str, needs: Needs, more: Sequence[str] = ()) -> str:
        """The facts of a look, each with its place in the window and its truth; not those outside.

        truth: an expression over the fact f and the tables of `needs`.
        """
        needs = dict(needs)
        inside, _ = self.inside(look.window, needs)
        stated = self.stated(look)
        listed = ", ".join(["f.key", "f.n", "f.when_lo", "f.when_hi", f"{inside} AS inside", f"{truth} AS t", *more])
        joins = "".join(join(name, "f.key") for name in needs)
        sql = f"SELECT {listed}\nFROM {self.facts(look.concept)} f{joins}\nWHERE {all_of(['NOT f.none', stated])}"
        if inside != SURE:
            sql = f"SELECT * FROM (\n{sql}\n) r WHERE inside > 0"
        return sql

    def stated(self, look: Look) -> str:
        if not look.field:
            return "TRUE"
        asked = self.vocabulary[look.concept].fields[look.field]
        return "TRUE" if asked.absence == "no" else f"f.{stated_column(asked)} IS NOT NULL"

    def outside(self, look: Look) -> str:
        """The people of whom a fact lies outside the window."""
        needs: Needs = {}
        inside, _ = self.inside(look.window, needs)
        joins = "".join(join(name, "f.key") for name in needs)
        listed = f"SELECT f.key FROM {self.facts(look.concept)} f{joins}\nWHERE NOT f.none AND {self.stated(look)}"
        return self.step(f"outside_{look.concept}", f"{listed} AND {inside} = 0 GROUP BY f.key")

    def lacking(self, window: Window | None, needs: Needs) -> str:
        """Of a person: is a moment of the window not on record?"""
        return "FALSE" if window is None else self.bounds(window, needs)[2]

    # ------------------------------------------------------------ rules
