"""The funnel as text: who is lost where, what each criterion costs, what is wanted, what a moved limit would give."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..dates import day_text
from ..eligibility.verdict import Outcome
from ..recruitment.funnel import Counts
from ..recruitment.funnel_cohort import MOST
from ..recruitment.funnel_moves import Curve, Moved
from ..recruitment.funnel_numbers import number_words
from ..recruitment.funnel_survey import Survey
from .text import STYLES, dim, heading, marked
from .words import OUTCOMES, STATEMENT, SYNTHETIC, TONES, listed, people_counted, short

_PAIRS, _WANTED = 5, 10  # so many are shown; the data hold all
NOT_ON_RECORD: Final = "not on record"
IN_TWO_UNITS: Final = (
    "A number that the protocol states in several units, which may disagree, moves in one of them, and values in "
    "others are converted. So the protocol's own number, too, can give other counts here."
)


def funnel_text(survey: Survey) -> list[RenderableType]:
    """The whole survey for a terminal."""
    trial, counts = survey.trial, survey.counts
    parts: list[RenderableType] = [
        heading(f"{trial.acronym}: the funnel of {people_counted(counts.people)} on {day_text(survey.on)}")
    ]
    parts += [Text(SYNTHETIC, style="bold")] if survey.synthetic else []
    parts += ["", _all(counts), "", heading("One criterion after the other"), _steps(survey), _key_of_steps(), ""]
    parts += [heading("What each criterion costs by itself"), _costs(survey), _key_of_costs(), ""]
    parts += _pairs(survey)
    parts += _wanted(survey)
    if survey.sites:
        parts += [heading("By site"), _groups("site", survey.sites.items()), ""]
    if survey.moment:
        parts += [heading(f"By month of {_moment(survey)}"), _groups("month", survey.months.items()), ""]
    parts += _moves(survey)
    for curve in survey.curves:
        parts += _curve(curve, survey)
    if survey.assumed:
        labels = [trial.vocabulary[name].label for name in survey.assumed]
        parts.append(Text(f"Taken for granted: the records hold all there is of {listed(labels)}."))
    return [*parts, dim(f"Protocol {trial.acronym} {short(trial.digest)}. {STATEMENT}")]


def _all(counts: Counts) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for outcome, number in zip(Outcome, (counts.eligible, counts.ineligible, counts.undetermined), strict=True):
        table.add_row(Text(f"{number:>9,}", style="bold"), marked(TONES[outcome], OUTCOMES[outcome]))
    return table


def _table(words: Sequence[str], numbers: Sequence[str], whole: int = 0) -> Table:
    """Columns of words, of which the one at `whole` stays on one line, then columns of numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for place, head in enumerate(words):
        table.add_column(head, overflow="fold", no_wrap=place == whole)
    for head in numbers:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _number(number: int, style: str = "", sign: bool = False) -> Text:
    if number == 0:
        return dim("·")
    return Text(f"{number:+,}" if sign else f"{number:,}", style=style)


def _steps(survey: Survey) -> Table:
    table = _table(("", "criterion"), ("lost", "not known", "left", "left, open"))
    for step in survey.funnel.steps:
        table.add_row(
            step.criterion.id, step.criterion.title, _number(step.lost, STYLES["bad"]),
            _number(step.newly_open, STYLES["open"]), _number(step.kept, STYLES["good"]), _number(step.open),
        )  # fmt: skip
    return table


def _key_of_steps() -> Text:
    return dim(
        "lost: surely out by this one first. not known: still in, and this is their first that cannot be judged. left: "
        "all up to here in favour. left, open: still in, with something not known."
    )


def _costs(survey: Survey) -> Table:
    table = _table(("", "criterion"), ("against", "not known", "alone out", "alone not in"))
    for cost in survey.funnel.costs:
        table.add_row(
            cost.criterion.id, cost.criterion.title, _number(cost.against, STYLES["bad"]),
            _number(cost.unknown, STYLES["open"]), _number(cost.alone), _number(cost.eligible),
        )  # fmt: skip
    return table


def _key_of_costs() -> Text:
    return dim(
        "against, not known: of how many people, wherever else they are lost. alone out: without this one they would "
        "no longer be excluded. alone not in: without this one they would be eligible."
    )


def _pairs(survey: Survey) -> list[RenderableType]:
    pairs = [pair for pair in survey.funnel.pairs if pair.both][:_PAIRS]
    if not pairs:
        return []
    table = _table(("", "two criteria"), ("out by just these two", "no longer out", "eligible"))
    for pair in pairs:
        titles = f"{pair.first.title}; {pair.second.title}"
        numbers = (_number(pair.both), _number(pair.possible, sign=True), _number(pair.eligible, sign=True))
        table.add_row(f"{pair.first.id} {pair.second.id}", titles, *numbers)
    return [heading("Two criteria dropped together"), table, ""]


def _wanted(survey: Survey) -> list[RenderableType]:
    if survey.wanted is None:
        return [dim(f"Not told: for want of what. More than {MOST:,} people are not yet known."), ""]
    sign = " and with a sign of the disease" if survey.trial.sign is not None else ""
    head = f"For want of what: {people_counted(survey.wanted_of)} not yet known{sign}"
    if not survey.wanted:
        return []
    table = _table(("wanted", "known by"), ("of people", "of whom only this"), 1)
    for sought, people, only in survey.wanted[:_WANTED]:
        table.add_row(sought.text, sought.who, _number(people), _number(only))
    more = len(survey.wanted) - _WANTED
    return [heading(head), table, *([dim(f"and {more} more (--format json)")] if more > 0 else []), ""]


def _groups(head: str, groups: Iterable[tuple[str, Counts]]) -> Table:
    table = _table((head,), ("people", "eligible", "not yet known", "not eligible"))
    for name, counts in groups:
        table.add_row(name or NOT_ON_RECORD, _number(counts.people), *(_number(each) for each in counts))
    return table


def _moment(survey: Survey) -> str:
    assert survey.moment is not None and survey.moment.look is not None
    return survey.trial.vocabulary[survey.moment.look.concept].label


def _moves(survey: Survey) -> list[RenderableType]:
    if not survey.moves:
        return []
    table = _table(("", "with", "instead of"), ("eligible", "", "not excluded", ""))
    for each in survey.moves:
        table.add_row(each.variant.criterion.id, *moved_words(each, survey), *_moved_numbers(each))
    several = any(len(old.stated) > 1 for each in survey.moves for old, _ in each.variant.changes)
    return [heading("When a number moves"), table, *([dim(IN_TWO_UNITS)] if several else []), ""]


def moved_words(each: Moved, survey: Survey) -> tuple[str, str]:
    """The new numbers with what they are, and the protocol's own."""
    vocabulary = survey.trial.vocabulary
    new = [
        f"{number_words(old, vocabulary)} {' or '.join(map(str, moved.stated))}" for old, moved in each.variant.changes
    ]
    own = [" or ".join(map(str, old.stated)) for old, _ in each.variant.changes]
    return ("; ".join(new), "; ".join(own)) if new else ("the protocol's own number", "—")


def _moved_numbers(each: Moved) -> tuple[Text, ...]:
    more = (_number(each.more_eligible, "bold", True), _number(each.more_possible, "bold", True))
    return _number(each.counts.eligible), more[0], _number(each.counts.possible), more[1]


def _curve(curve: Curve, survey: Survey) -> list[RenderableType]:
    sweep = curve.sweep
    table = _table((sweep.criterion.id,), ("eligible", "", "not excluded", ""))
    for amount, point in zip(sweep.amounts, curve.points, strict=True):
        own = "  ← the protocol's" if amount == sweep.own else ""
        table.add_row(f"{amount}{own}", *_moved_numbers(point))
    head = f"{number_words(sweep.number, survey.trial.vocabulary)}, {sweep.criterion.title}"
    stated = " or ".join(str(amount) for amount in sweep.number.stated)
    now = f"By the protocol ({stated}): {survey.counts.eligible:,} eligible, {survey.counts.possible:,} not excluded."
    notes = [dim(now), *([dim(IN_TWO_UNITS)] if sweep.several else [])]
    return [heading(head[0].upper() + head[1:]), table, *notes, ""]
