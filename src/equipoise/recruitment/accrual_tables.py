"""Rows of two sheets -> the sites, and who has been recruited where; every mistake at once, with its line.

A row is its number in the file and its cells by the column's head. The sheet of sites has the columns site, opens
(2027-03-01; 2027-03: some day of March; 2027-03-01/2027-05-31: some day from then to then), rate_per_month, cv and
closes. The sheet of the recruited has one row a person (site, date), or one row a site (site, recruited, and screened,
where those found are counted). Other columns are passed over; no cell of theirs is ever shown.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from ..dates import Span, day_text, read_span
from ..faults import Fault, Mistake, Mistakes
from .accrual_belief import Recruited
from .sites import Site

Row = tuple[int, Mapping[str, str]]

_SITES: Final = "site, opens, rate_per_month (and cv, closes)"
_RECRUITED: Final = "site and date (one row a person), or site and recruited (one row a site; and screened)"


def read_sites(
    rows: Iterable[Row], file: str, rates: Mapping[str, float] = MappingProxyType({}), rate: float | None = None,
    cv: float = 0.0,
) -> tuple[Site, ...]:  # fmt: skip
    """The sites of a sheet. Raises Mistakes.

    rates (by site), or else rate, and cv: for sites whose own cell is empty or not there.
    """
    sheet = _Sheet(file, rows, {"site", "opens"}, _SITES)
    found: dict[str, Site] = {}
    for number, row in sheet.rows:
        name = sheet.name(number, row)
        opens = sheet.days(number, row, "opens")
        closes = sheet.days(number, row, "closes") if row.get("closes") else None
        own_rate = sheet.number(number, row, "rate_per_month") if row.get("rate_per_month") else rates.get(name, rate)
        own_cv = sheet.number(number, row, "cv") if row.get("cv") else cv
        if own_rate is None and not row.get("rate_per_month"):
            sheet.wrong(
                number,
                f"the site {name} has no rate_per_month, in its row, by --rate or in a funnel that tells it apart",
            )
        if name in found:
            sheet.wrong(number, f"the site {name} stands here a second time")
        if closes is not None and not closes.exact:
            sheet.wrong(number, f"closes: write one day (2027-03-31), not {row['closes']}")
        elif name and opens and own_rate is not None and own_cv is not None:
            try:
                found[name] = Site(name, opens, own_rate, own_cv, closes.first if closes else None)
            except Fault as fault:
                sheet.wrong(number, str(fault).rstrip("."))
    sheet.raise_mistakes()
    return tuple(found.values())


def read_recruited(rows: Iterable[Row], file: str, on: date) -> tuple[Recruited, int]:
    """Who was recruited where up to and on a day; and how many rows are of later days, not counted. Raises Mistakes."""
    rows = list(rows)
    heads = {head for _, row in rows for head in row}
    if "recruited" in heads:
        return _counted(_Sheet(file, rows, {"site", "recruited"}, _RECRUITED), "screened" in heads), 0
    sheet = _Sheet(file, rows, {"site", "date"}, _RECRUITED, may_be_empty=True)
    entered, later = Counter[str](), 0
    for number, row in sheet.rows:
        name, days = sheet.name(number, row), sheet.days(number, row, "date")
        if days is not None and days.lo <= on.toordinal() < days.hi:
            sheet.wrong(number, f"the date {days} may lie before or after {day_text(on)}: write the day")
        elif name and days is not None:
            later += days.lo > on.toordinal()
            entered[name] += days.hi <= on.toordinal()
    sheet.raise_mistakes()
    return Recruited({name: count for name, count in entered.items() if count}), later


def _counted(sheet: "_Sheet", screened: bool) -> Recruited:
    entered, found = Counter[str](), Counter[str]()
    for number, row in sheet.rows:
        name, count = sheet.name(number, row), sheet.whole(number, row, "recruited")
        seen = sheet.whole(number, row, "screened") if screened else 0
        if name in entered:
            sheet.wrong(number, f"the site {name} stands here a second time: add its counts up in one row")
        if count is None or seen is None:
            continue
        if screened and seen < count:
            sheet.wrong(number, f"{count} were recruited, but only {seen} screened")
        entered[name], found[name] = count, seen
    sheet.raise_mistakes()
    return Recruited(dict(entered), dict(found) if screened else None)


class _Sheet:
    """The rows of one file; mistakes in its cells are gathered."""

    def __init__(self, file: str, rows: Iterable[Row], needed: set[str], what: str, may_be_empty: bool = False) -> None:
        self.file = file
        self.rows = [(number, row) for number, row in rows if any(row.values())]
        self.mistakes: list[Mistake] = []
        heads = {head for _, row in self.rows for head in row}
        if self.rows and needed - heads:
            lacking = " and ".join(sorted(needed - heads))
            raise Fault(f"{file}: there is no column headed {lacking}; the columns are {what}.")
        if not self.rows and not may_be_empty:
            raise Fault(f"{file}: there is no row below the heads; the columns are {what}.")

    def wrong(self, number: int, message: str) -> None:
        self.mistakes.append(Mistake(self.file, number, 0, message))

    def raise_mistakes(self) -> None:
        if self.mistakes:
            raise Mistakes(self.mistakes)

    def name(self, number: int, row: Mapping[str, str]) -> str:
        if not row.get("site"):
            self.wrong(number, "no site is named in this row")
        return row.get("site", "")

    def days(self, number: int, row: Mapping[str, str], head: str) -> Span | None:
        first, slash, last = row.get(head, "").partition("/")
        one, other = read_span(first), read_span(last if slash else first)
        if one is None or other is None or one.lo > other.hi:
            stated = f'"{row[head]}" is no date' if row.get(head) else "there is no date"
            self.wrong(number, f"{head}: {stated}: write 2027-03-01, 2027-03 or 2027-03-01/2027-05-31")
            return None
        return Span(one.lo, other.hi)

    def number(self, number: int, row: Mapping[str, str], head: str) -> float | None:
        return self._read(number, row, head, lambda text: float(text.replace(",", ".")), "a number, 0 or more")

    def whole(self, number: int, row: Mapping[str, str], head: str) -> int | None:
        found = self._read(number, row, head, lambda text: float(int(text)), "a whole number, 0 or more")
        return None if found is None else int(found)

    def _read(
        self, number: int, row: Mapping[str, str], head: str, read: Callable[[str], float], what: str
    ) -> float | None:
        text = row.get(head, "")
        try:
            found = read(text)
        except (ValueError, OverflowError):
            found = math.nan
        if not (math.isfinite(found) and found >= 0):
            self.wrong(number, f'{head}: "{text}" is not {what}')
            return None
        return found
