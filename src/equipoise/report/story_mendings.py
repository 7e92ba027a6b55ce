"""What a team should mend in its protocol and its conduct, by the numbers of its trial: what cost it most."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..conduct.visit_words import timing_words
from .story_counts import VisitCount, Waits
from .story_data import Story
from .story_drawing import MONTH, number_text
from .story_words import MOST, capital_text, months_text, times_text
from .words import listed

_FEW: Final = 5  # turns of a visit below which its share says nothing


class Mending(NamedTuple):
    """Something to mend: in a word, the numbers, and what may be done about it."""

    head: str
    numbers: str
    advice: str


def mendings(story: Story) -> tuple[Mending, ...]:
    """What cost the trial most, with its numbers: windows, criteria, waits, clocks, questions, recruitment."""
    return tuple(mending for part in _MENDINGS for mending in part(story))


def _pace(story: Story) -> Iterator[Mending]:
    accrual = story.accrual
    plan, now = accrual.plan, accrual.now
    if plan is None or now.randomised >= min(plan.target, round(accrual.planned_by(now.on))):
        return
    months = max(1.0, (now.on - accrual.opened).days / MONTH)
    pace = now.randomised / months
    numbers = f"{now.randomised:,} in {number_text(round(months, 1))} months, {pace:.1f} a month"
    left = (plan.by - now.on).days / MONTH
    if left > 0:
        advice = f"{(plan.target - now.randomised) / left:.1f} a month are needed from now on to be there by then."
    else:
        missing = plan.target - now.randomised
        how_long = f"take {months_text(missing / pace)}" if pace else "never come"
        advice = f"At this pace the {missing:,} still to come {how_long}."
    yield Mending("Recruitment is behind its plan", numbers, advice)


def _windows(story: Story) -> Iterator[Mending]:
    judged = [each for each in story.visits if each.settled >= _FEW and each.off and not each.visit.sets]
    for each in sorted(judged, key=lambda each: (-each.off / each.settled, each.visit.id))[:MOST]:
        missed, outside = each.counts["missed"], each.counts["done early"] + each.counts["done late"]
        what, advice = (
            ("often missed", "Ask the sites why, and whether it is needed or can be joined with another visit.")
            if missed >= outside
            else ("often outside its window", "Ask the sites why, and widen the window or help them keep it.")
        )
        yield Mending(
            f"{capital_text(turns_text(each))}: {what}", _off(each),
            f"It is due {timing_words(each.visit, 1)}{_ours(each.visit.ours, story)}. {advice}",
        )  # fmt: skip


def turns_text(count: VisitCount) -> str:
    """A visit with all of its turns: "dose 2", "follow-up (3 months to 24 months)"."""
    visit = count.visit
    return visit.label if len(visit.targets) < 2 else f"{visit.label} ({visit.targets[0]} to {visit.targets[-1]})"


def _off(count: VisitCount) -> str:
    missed, outside = count.counts["missed"], count.counts["done early"] + count.counts["done late"]
    share = round(100 * count.off / count.settled)
    return f"{share} % of {count.settled:,}: {missed:,} missed, {outside:,} outside the window"


def _criteria(story: Story) -> Iterator[Mending]:
    costly = sorted(story.screening.failures, key=lambda each: -each.alone)
    for each in costly[:MOST]:
        if each.alone:
            yield Mending(
                f"{each.criterion.id} costs people: {each.criterion.title}",
                f"{each.alone:,} of {story.screening.failed:,} failed by it alone, {each.against:,} by it and others",
                "Ask whether it can be known before the consent, or whether its limit may be another: the funnel of "
                "the records tells what each limit would cost.",
            )


def _waits(story: Story) -> Iterator[Mending]:
    for waits in story.waits:
        outside = Counter(wait.time for wait in waits.waits if wait.time in ("early", "late"))
        if waits.window is not None and outside:
            told = listed([f"{number:,} {time}" for time, number in sorted(outside.items())])
            yield Mending(
                f"{capital_text(waits.label)} outside its window",
                f"{told} of {len(waits.waits):,}; window {waits.window[0]} to {waits.window[2]} days after "
                f"{waits.since}",
                _room(story, waits),
            )


def _room(story: Story, waits: Waits) -> str:
    """How much time is left between randomisation and the last day of a dose counted from the same event."""
    first = next((each for each in story.waits if each.window is None and each.moment == waits.moment), None)
    if first is None or waits.window is None:
        return "Order earlier, or reckon with the wait for blood counts to recover."
    return (
        f"Randomisation came a median of {number_text(first.median)} days after {first.since}, which leaves "
        f"{number_text(waits.window[2] - first.median)} days to order and give it: approach people sooner."
    )


def _holds(story: Story) -> Iterator[Mending]:
    rules = Counter(rule for course in story.people for d in course.decisions if d.action == "hold" for rule in d.rules)
    number = sum(d.action == "hold" for course in story.people for d in course.decisions)
    if number:
        ordered = sorted(rules.items(), key=lambda each: (-each[1], each[0]))[:MOST]
        why = f", by {listed([f'{name} ({count:,})' for name, count in ordered])}" if ordered else ""
        yield Mending(
            "Doses held by rule", f"{times_text(number)}{why}", "Plan for a second slot of the product after a hold."
        )


def _clocks(story: Story) -> Iterator[Mending]:
    for each in story.clocks:
        if each.late or each.overdue:
            yield Mending(
                f"Serious events: {each.clock.label}", f"{each.late + each.overdue:,} of {each.events:,} late",
                f"The limit is {each.clock.limit}{_ours(each.clock.ours, story)}: name who reports on days off.",
            )  # fmt: skip


def _questions(story: Story) -> Iterator[Mending]:
    about = [each for each in story.questions.about if each[1] > 1][:MOST]
    if about:
        yield Mending(
            "What was asked about most", listed([f"{label} ({number:,})" for label, number in about]),
            "Say on the form what is meant, or check it at entry.",
        )  # fmt: skip


_MENDINGS: Final = (_pace, _windows, _criteria, _waits, _holds, _clocks, _questions)


def _ours(ours: bool, story: Story) -> str:
    return f" (ours, not from {story.trial.acronym})" if ours else ""
