"""The tables of what was compared: effects, how people's times ended, shares at fixed times, populations."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ...analysis.rows import CENSORED, COMPETING, EVENT, WHY_CENSORED, Outcome
from ...protocol.comparisons import Population, Purpose
from ..story_words import capital_text
from ..words import people_counted
from .compared import Compared, Comparisons
from .curves import yearly
from .cut import Cut
from .effects import Effect, interval_text, p_of
from .km_figure import Steps
from .numbers import share_text
from .table import Cell, Column, Row, Table, cell, counts, heading, row

TITLES: Final[dict[Purpose, str]] = {
    "primary": "Primary analyses", "secondary": "Secondary analyses", "sensitivity": "Sensitivity analyses",
    "exploratory": "Exploratory analyses",
}  # fmt: skip


# ---------------------------------------------------------------- effects
def effects_table(cut: Cut, purpose: Purpose, done: Sequence[Compared]) -> Table:
    """Each analysis of a purpose with what each of its methods says."""
    own = [each for each in done if each.analysis.purpose == purpose]
    arms = own[0].arms if own and not cut.blind else ("", "")
    control, experimental = (_arm_column(cut, arm, number) for number, arm in enumerate(arms))
    columns = (
        Column("analysis", "Analysis", False, shown=False), Column("analysed", "Population", False, shown=False),
        Column("method", "Method", False), control, experimental, Column("effect", "Effect"),
        Column("low", "95 % interval"), Column("high", "to", shown=False), Column("p", "p"),
    )  # fmt: skip
    rows = tuple(each for compared in own for each in _rows_of(compared, len(columns)))
    return Table(
        purpose, TITLES[purpose], "; ".join(dict.fromkeys(population_words(each.population) for each in own)) or "–",
        cut.stamp, columns, rows, tuple(_notes(cut, own)), _empty(cut, own),
    )  # fmt: skip


def _arm_column(cut: Cut, arm: str, number: int) -> Column:
    name = ("control", "experimental")[number]
    return Column(cut.key_of(arm) if arm else name, arm or name.capitalize(), False)


def _empty(cut: Cut, own: Sequence[Compared]) -> str:
    if cut.blind:
        return "The arms are hidden until the data are locked: nothing is compared."
    return own[0].why_not if own and own[0].why_not else "The plan has no such analysis."


def _rows_of(compared: Compared, columns: int) -> Iterator[Row]:
    if compared.why_not:
        return
    analysis = compared.analysis
    yield heading(f"{_name(compared)} ({compared.population.label})", columns)
    for effect in compared.effects:
        yield Row(
            (
                cell(analysis.label), cell(compared.population.label), cell(effect.label), cell(effect.arms[0]),
                cell(effect.arms[1]),
                Cell(effect.text, effect.estimate), Cell(interval_text(effect), effect.low),
                Cell("", effect.high), Cell(p_of(effect) if effect.p is not None else "", effect.p),
            ),
            1,
        )  # fmt: skip


def _notes(cut: Cut, own: Iterable[Compared]) -> Iterator[str]:
    """What the methods say beside their numbers, and whose plan it is."""
    for compared in own:
        for effect in compared.effects:
            if effect.sentence:
                yield f"{_name(compared)}, {_short(effect)}: {effect.sentence}"
        if compared.data.left_out:
            number = len(compared.data.left_out)
            yield (
                f"{_name(compared)}: {number} of {people_counted(len(compared.rows))} left out, with the reasons in "
                "times.csv."
            )
    ours = [each.analysis.label for each in own if each.analysis.origin.ours]
    if ours:
        yield f"Ours, not from {cut.trial.acronym}: {'; '.join(ours)}."


def _name(compared: Compared) -> str:
    return capital_text(compared.analysis.label)


def _short(effect: Effect) -> str:
    return effect.label.split(",")[0].split(";")[0]


def population_words(population: Population) -> str:
    """The population as a table names it."""
    return capital_text(population.label)


# ---------------------------------------------------------------- how times ended
_ENDS: Final[dict[Outcome, str]] = {EVENT: "Events", COMPETING: "Competing events", CENSORED: "Censored, because"}


def endings_table(cut: Cut, compared: Compared) -> Table:
    """What ended each person's time: which event came first, or why somebody was censored."""
    columns = cut.columns(compared.endpoint.label)
    groups = [group.id for group in cut.groups]
    of_groups = {name: compared.endings(name) for name in groups}
    everybody = compared.endings("")
    rows: list[Row] = []
    for outcome, label in _ENDS.items():
        kinds = sorted(
            ((number, what) for (each, what), number in everybody.items() if each == outcome),
            key=lambda kind: (-kind[0], kind[1]),
        )
        if not kinds:
            continue
        rows.append(heading(label, len(columns)))
        for _, what in kinds:
            words = WHY_CENSORED[what] if outcome == CENSORED else what  # pyright: ignore[reportArgumentType]
            numbers = [(of_groups[name].get((outcome, what), 0), compared.people(name)) for name in groups]
            numbers += [(everybody[outcome, what], compared.people(""))] if len(groups) > 1 else []
            rows.append(row(words, *(counts(number, of) for number, of in numbers), deep=1))
    return Table(
        f"endings_{compared.analysis.id}", f"How times ended: {compared.analysis.label}",
        population_words(compared.population), cut.stamp, columns, tuple(rows), tuple(_open_notes(compared)),
        "Nobody can be analysed.",
    )  # fmt: skip


def _open_notes(compared: Compared) -> Iterator[str]:
    flagged = sum(bool(row.flags) for row in compared.rows)
    open_ = sum(bool(row.open) for row in compared.rows)
    if flagged:
        yield f"Something must be known of the times of {flagged} people: it stands in times.csv (flags)."
    if open_:
        yield f"Questions to the sites could change the times of {open_} people: they stand in times.csv (open)."


# ---------------------------------------------------------------- shares at fixed times
def shares_table(cut: Cut, done: Sequence[Compared]) -> Table:
    """Of every curve the share at each year, with those at risk."""
    drawn = [each for each in done if each.curves]
    labels = max(([curve.label for curve in each.curves] for each in drawn), key=len, default=[])
    columns = (
        Column("analysis", "Analysis", False, shown=False), Column("months", "Months"),
        *(column for number, label in enumerate(labels) for column in _share_columns(cut, drawn[0], number, label)),
    )  # fmt: skip
    rows: list[Row] = []
    for compared in drawn:
        what = "cumulative incidence" if compared.curves[0].start == 0 else "share without an event"
        rows.append(heading(f"{_name(compared)}: {what}", len(columns)))
        rows += [_share_row(compared, labels, month) for month in yearly(compared.curves)]
    return Table(
        "shares", "Shares by year", "; ".join(dict.fromkeys(population_words(e.population) for e in drawn)) or "–",
        cut.stamp, columns, tuple(rows), ("Intervals of 95 % are point by point, on the log-log scale.",),
        "There is no curve: nobody can be analysed.",
    )  # fmt: skip


def _share_columns(cut: Cut, compared: Compared, number: int, label: str) -> tuple[Column, ...]:
    key = cut.key_of("" if cut.blind else compared.arms[number])
    return (
        Column(f"{key}_at_risk", "at risk", group=label), Column(f"{key}_share", "share (interval)", group=label),
        Column(f"{key}_low", "low", group=label, shown=False), Column(f"{key}_high", "high", group=label, shown=False),
    )  # fmt: skip


def _share_row(compared: Compared, labels: Sequence[str], month: int) -> Row:
    curves = {curve.label: curve for curve in compared.curves}
    cells = [each for label in labels for each in _share_cells(curves.get(label), month)]
    return Row((cell(compared.analysis.label), cell(month), *cells), 1)


def _share_cells(curve: Steps | None, month: int) -> tuple[Cell, ...]:
    if curve is None:
        return (Cell("–"),) * 4
    share, low, high = curve.told(month)
    interval = f" ({100 * low:.1f} to {100 * high:.1f})" if low is not None and high is not None else ""
    return (cell(curve.at_risk(month)), Cell(f"{share_text(share)}{interval}", share), Cell("", low), Cell("", high))


# ---------------------------------------------------------------- populations
def populations_table(cut: Cut, comparisons: Comparisons) -> Table:
    """Who belongs to each population; of whom not, why."""
    columns = cut.columns("Population")
    rows: list[Row] = []
    for population in comparisons.populations:
        people = comparisons.members_of(population)
        rows.append(row(population_words(population), *cut.counted(each.person for each in people if each.inside)))
        for why in dict.fromkeys(each.why for each in people if not each.inside):
            without = [each.person for each in people if each.why == why and not each.inside]
            rows.append(row(f"not: {why}", *cut.counted(without), deep=1))
    return Table("populations", "Populations", "Everybody randomised", cut.stamp, columns, tuple(rows),
                 empty="The plan has no population.")  # fmt: skip
