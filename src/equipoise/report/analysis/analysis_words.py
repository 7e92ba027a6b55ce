"""What the primary and secondary analyses found, in plain sentences made of their numbers."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...dates import day_text
from ..story_words import capital_text
from ..words import counted, people_counted
from .compared import Compared
from .cut import Cut
from .effects import Effect, interval_text
from .numbers import months_text, p_words, ratio_text


class Finding(NamedTuple):
    """One thing that was found. head: which analysis says so, "" for none."""

    head: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


def findings(cut: Cut, done: Sequence[Compared]) -> tuple[Finding, ...]:
    """The report in a few sentences: who was randomised, and what the primary and secondary analyses say."""
    told = [each for each in done if each.analysis.purpose in ("primary", "secondary")]
    return (*_people(cut), *(_found(cut, each) for each in told if cut.people))


def _people(cut: Cut) -> Iterator[Finding]:
    if not cut.people:
        yield Finding("", f"Nobody was randomised by {day_text(cut.cutoff)}: there is nothing to analyse.")
        return
    sizes = [f"{size:,} to {group.label}" for group, size in zip(cut.groups, cut.sizes, strict=True)]
    arms = "" if cut.blind else f", {' and '.join(sizes)}"
    yield Finding("", f"{people_counted(len(cut.people))} were randomised by {day_text(cut.cutoff)}{arms}.")
    if cut.blind:
        yield Finding("", "The arms are hidden: the numbers are of everybody together, and nothing is compared.")


def _found(cut: Cut, compared: Compared) -> Finding:
    """What one analysis found."""
    analysis = compared.analysis
    kind = "primary, " if analysis.purpose == "primary" else ""
    head = f"{capital_text(analysis.label)} ({kind}{compared.population.label})"
    if cut.blind:
        return Finding(head, f"{counted(compared.events(''), 'event')} in {people_counted(compared.people(''))}.")
    if compared.why_not:
        return Finding(head, compared.why_not)
    return Finding(head, " ".join([f"{_events(compared)}.", *_effects(compared)]))


def _events(compared: Compared) -> str:
    control, experimental = compared.arms
    told = [
        f"{counted(compared.events(arm), 'event')} in {people_counted(compared.people(arm))} of {arm}"
        for arm in (experimental, control)
    ]
    return " and ".join(told)


def _effects(compared: Compared) -> Iterator[str]:
    ratio, gray = compared.effect("cox"), compared.effect("gray")
    if ratio is not None:
        yield _ratio(compared, ratio, compared.effect("logrank"))
    if gray is not None and gray.p is not None:
        yield f"Gray's test of the cumulative incidences: {p_words(gray.p)}."
    for method in ("fixed_time", "rmst"):
        effect = compared.effect(method)
        if effect is not None:
            yield _difference(compared, effect)


def _ratio(compared: Compared, ratio: Effect, test: Effect | None) -> str:
    """The hazard ratio as people can use it: what rates of events the data are compatible with."""
    control, experimental = compared.arms
    if ratio.estimate is None or ratio.low is None or ratio.high is None:
        return ratio.sentence
    said = test.p if test is not None else ratio.p
    tested = f"; {p_words(said)}{f', {test.label}' if test is not None else ''}" if said is not None else ""
    name = "Hazard ratio of the cause" if compared.competing else "Hazard ratio"
    no_difference = ", no difference included" if ratio.low <= 1 <= ratio.high else ""
    return (
        f"{name} {ratio_text(ratio.estimate)} (95 % interval {interval_text(ratio)}{tested}): the data are compatible "
        f"with a rate of events in {experimental} between {ratio_text(ratio.low)} and {ratio_text(ratio.high)} times "
        f"that of {control}{no_difference}."
    )


def _difference(compared: Compared, effect: Effect) -> str:
    control, experimental = compared.arms
    if effect.estimate is None:
        return effect.sentence
    p = f"; {p_words(effect.p)}" if effect.p is not None else ""
    interval = f"(95 % interval {interval_text(effect)}{p})"
    if effect.method == "fixed_time":
        return (
            f"Without an event at {compared.analysis.at}: {effect.arms[1]} of {experimental} and {effect.arms[0]} of "
            f"{control}; difference {effect.text} percentage points {interval}."
        )
    what = capital_text(effect.label.split(";")[0])
    return (
        f"{what}: {effect.arms[1]} in {experimental} and {effect.arms[0]} in {control}; difference "
        f"{effect.text} {interval}."
    )


def followed_for(median: float) -> Finding:
    """How long people were followed, in months."""
    return Finding("", f"The median follow-up is {months_text(median)} months (reverse Kaplan-Meier, Schemper 1996).")
