"""A design as text: how many people it needs, what each test can show, what is expected when, and its looks."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..analysis.design.asked import Answer, LookAt, Premise, Standing
from ..analysis.design.sequential import HaybittlePeto, Rule, WangTsiatis
from ..analysis.design.size import METHODS
from ..analysis.design.spending import HwangShihDeCani, LikeObrienFleming, LikePocock, PowerFamily
from ..protocol.model import Protocol
from .text import dim, heading, indented
from .words import people_counted, short

CAUTION: Final = "Arithmetic on assumptions, not a result of the trial."


# ---------------------------------------------------------------- a design
def answer_text(trial: Protocol, answer: Answer) -> list[RenderableType]:
    """A design as it was asked for."""
    return [
        heading(f"{trial.acronym}: a design for {trial.design.endpoint or 'the time to an event'}"),
        Text(CAUTION, style="bold"),
        "",
        *design_parts(trial, answer),
        *colophon(trial),
    ]


def sentence(answer: Answer) -> str:
    """The answer in one sentence: how many people, or which power."""
    asked = answer.question
    events = sum(answer.course[-1][2:])
    test = f"{'two' if asked.sides == 2 else 'one'}-sided {asked.alpha:g}"
    effect = f"a hazard ratio of {asked.hazard_ratio:.3f}" + (f" after {asked.delay:g} months" if asked.delay else "")
    if asked.people is None:
        return (
            f"{people_counted(answer.people)} (before rounding {answer.needed:.1f}), with {events:.1f} events expected "
            f"by the analysis, have a power of {answer.power:.3f} for {effect} at {test}."
        )
    return (
        f"{people_counted(answer.people)}, with {events:.1f} events expected by the analysis, have a power of "
        f"{answer.power:.3f} for {effect} at {test}; a power of {asked.power:g} needs {answer.needed:.1f}."
    )


def design_parts(trial: Protocol, answer: Answer) -> Iterator[RenderableType]:
    """The answer, and what it rests on."""
    yield Text(sentence(answer))
    yield ""
    if answer.sizes:
        yield from _sizes(answer)
    yield from _tests(answer)
    yield from _course(answer)
    if answer.plan is not None:
        yield from _looks(answer)
    if answer.standing is not None:
        yield from _standing(answer.standing)
    yield heading("What it rests on")
    table = grid(3, 2, 6)
    for each in answer.question.premises:
        table.add_row(each.label, each.text, dim(_origin(each, trial.acronym)))
    yield indented(table)
    yield ""


def _sizes(answer: Answer) -> Iterator[RenderableType]:
    yield heading(f"People for a power of {answer.question.power:g}, by formula, with one look at the end")
    table = columns("formula", "people", "events")
    for each in answer.sizes:
        mark = " *" if each.method == answer.question.method else ""
        table.add_row(f"{METHODS[each.method]}{mark}", f"{each.people:.1f}", f"{each.all_events:.1f}")
    yield indented(table)
    yield indented(dim("* the one asked for"))
    yield ""


def _tests(answer: Answer) -> Iterator[RenderableType]:
    yield heading(f"Power of other tests with {people_counted(answer.people)}, one look at the end")
    table = columns("test", "power")
    for each in answer.tests:
        table.add_row(each.test, each.why if each.power is None else f"{each.power:.3f}")
    yield indented(table)
    yield ""


def _course(answer: Answer) -> Iterator[RenderableType]:
    yield heading("Expected over calendar time")
    table = columns("month", "people in", "events, control", "events, experimental", "all events")
    for each in answer.course:
        both = each.control + each.experimental
        row = (each.entered, each.control, each.experimental, both)
        table.add_row(f"{each.month:g}", *(f"{value:.1f}" for value in row))
    yield indented(table)
    yield ""


def _looks(answer: Answer) -> Iterator[RenderableType]:
    plan = answer.plan
    assert plan is not None
    yield heading(f"Looks: {rule_words(plan.rule)}")
    futile = plan.futility is not None
    heads = ("look", "events", "month", "z above", "p below", "HR below")
    table = columns(*heads, *(("futile: z below", "HR above") if futile else ()), "stops: no effect", "as assumed")
    for number, each in enumerate(answer.looks, start=1):
        below = (_z(each.lower), _z(each.ratio_lower)) if futile else ()
        table.add_row(
            f"{number} ({100 * each.share:.0f} %)", f"{each.events:.1f}",
            "—" if each.month is None else f"{each.month:.1f}", _z(each.upper), f"{each.level:.2g}",
            _z(each.ratio_upper), *below, _chances(each, 0, futile), _chances(each, 1, futile),
        )  # fmt: skip
    yield indented(table)
    for line in look_notes(answer):
        yield indented(dim(line))
    yield ""


def _standing(standing: Standing) -> Iterator[RenderableType]:
    yield heading(f"With z = {standing.z:g} at {standing.events:g} events ({100 * standing.information:.0f} %)")
    table = columns("chance to show the benefit in the end", "")
    table.add_row("with the effect of the design", f"{standing.assumed:.3f}")
    table.add_row("without any effect from now on", f"{standing.none:.3f}")
    table.add_row("with the effect seen so far", f"{standing.trend:.3f}")
    table.add_row("over all effects that the data leave possible, one look at the end", f"{standing.predictive:.3f}")
    yield indented(table)
    yield ""


def look_notes(answer: Answer) -> list[str]:
    """What a reader of the looks must know, one sentence each."""
    plan = answer.plan
    assert plan is not None
    null, other = plan.expected_information
    found = [
        f"The looks cost {100 * (plan.inflation - 1):.1f} % more people and events at the most; on average "
        f"{100 * null:.0f} % of the most without effect, {100 * other:.0f} % with the effect at the planned power.",
        f"p is one-sided: {plan.alpha:g} altogether. HR: what is observed there, about.",
    ]
    if plan.futility is not None:
        found.append(
            f"Futility ({rule_words(plan.futility.spending)}) "
            + ("is binding: going on beyond it would spend more than alpha." if plan.futility.binding else
               "is not binding: alpha holds whether it is kept or not.")
            + " Chances: benefit / futility."
        )  # fmt: skip
    return found


def rule_words(rule: Rule) -> str:
    """A boundary as people call it."""
    match rule:
        case WangTsiatis(0.0):
            return "O'Brien and Fleming"
        case WangTsiatis(0.5):
            return "Pocock"
        case WangTsiatis(delta):
            return f"Wang and Tsiatis, {delta:g}"
        case HaybittlePeto(z):
            return f"Haybittle and Peto, z = {z:g}"
        case LikeObrienFleming():
            return "spending like O'Brien and Fleming (Lan and DeMets)"
        case LikePocock():
            return "spending like Pocock (Lan and DeMets)"
        case HwangShihDeCani(gamma):
            return f"spending by Hwang, Shih and DeCani, {gamma:g}"
        case PowerFamily(rho):
            return f"spending by the power family, {rho:g}"


def _z(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _chances(each: LookAt, which: int, futile: bool) -> str:
    benefit, futility = (each.stop_null, each.stop_alternative)[which]
    return f"{100 * benefit:.2f} %" + (f" / {100 * futility:.1f} %" if futile else "")


def _origin(each: Premise, acronym: str) -> str:
    """Where a premise is from; one of ours says that the trial never published it."""
    if each.ours:
        origin = f"ours, not from {acronym}" + (f": {each.source}" if each.source else "")
    else:
        origin = f"source: {each.source}" if each.source else "stated in this command"
    return f"{each.note} ({origin})" if each.note else origin


def colophon(trial: Protocol) -> Sequence[RenderableType]:
    """Which protocol it was."""
    return [dim(f"Protocol {trial.acronym} {short(trial.digest)}. Entry is even over the accrual; times in months.")]


def columns(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold", vertical="top")
    return table


def grid(*ratios: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in ratios:
        table.add_column(ratio=ratio, overflow="fold")
    return table
