"""A trial's story in plain sentences, made of its numbers."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from ..dates import day_text
from ..participant.moves import Standing
from .story_accrual import Accrual
from .story_data import Story
from .story_drawing import MONTH, number_text
from .story_lanes import SEVERE
from .words import counted, listed, people_counted

MOST: Final = 3  # kinds of anything that are worth naming


class Number(NamedTuple):
    """One of the headline numbers, what it counts, and a note below it."""

    number: str
    label: str
    note: str = ""


# ---------------------------------------------------------------- headline
def headline(story: Story) -> tuple[Number, ...]:
    """The numbers at the top of the page."""
    now, plan, safety = story.accrual.now, story.accrual.plan, story.safety
    standings = Counter(course.standing for course in story.people if course.randomised is not None)
    important = sum(each.severity == "important" for each in story.deviations)
    over = sum(standings[each] for each in (Standing.COMPLETED, Standing.WITHDRAWN, Standing.LOST, Standing.DEAD))
    return (
        Number(f"{now.randomised:,}", "randomised", f"of {plan.target:,} wanted" if plan else ""),
        Number(f"{now.randomised - over:,}", "in the trial"),
        Number(f"{standings[Standing.COMPLETED]:,}", "completed"),
        Number(f"{standings[Standing.WITHDRAWN] + standings[Standing.LOST]:,}", "withdrawn or lost"),
        Number(f"{standings[Standing.DEAD]:,}", "died"),
        Number(f"{safety.serious:,}", "serious events", f"{safety.severe:,} of grade {SEVERE} or more"),
        Number(f"{len(story.deviations):,}", "deviations", f"{important:,} important"),
        Number(f"{story.questions.open:,}", "open questions", f"of {story.questions.opened:,}"),
    )


# ---------------------------------------------------------------- the story
def sentences(story: Story) -> tuple[str, ...]:
    """The story in the order of a trial."""
    return tuple(sentence for part in _PARTS for sentence in part(story))


def _beginning(story: Story) -> Iterator[str]:
    accrual = story.accrual
    yield f"The trial was opened on {day_text(accrual.opened)}; {counted(story.sites, 'site')} took part."
    first = accrual.day_of(1)
    if first is not None:
        yield f"The first person was randomised on {day_text(first)}, {apart_text(accrual.opened, first)} later."


def _milestones(story: Story) -> Iterator[str]:
    """Half of those wanted, and all of them; without a plan, half of those who came."""
    accrual = story.accrual
    target = accrual.plan.target if accrual.plan is not None else accrual.now.randomised
    for people in dict.fromkeys((-(-target // 2), target)):
        day = accrual.day_of(people) if people > 1 else None
        if day is not None:
            which = f"{ordinal_text(people)} of {target:,}"
            yield f"On {day_text(day)} the {which} was randomised{_against(accrual, people, day)}."
    if accrual.plan is not None and accrual.now.randomised < target:
        planned = round(accrual.planned_by(accrual.now.on))
        yield (
            f"By {day_text(accrual.now.on)} {accrual.now.randomised:,} of {target:,} were randomised; "
            f"the plan had {planned:,} by then."
        )


def _against(accrual: Accrual, people: int, day: date) -> str:
    planned = accrual.planned_day(people)
    if planned is None:
        return ""
    late = (day - planned).days
    if abs(late) < MONTH / 2:
        return ", as planned"
    return f", {apart_text(min(day, planned), max(day, planned))} {'later' if late > 0 else 'earlier'} than planned"


def _way_in(story: Story) -> Iterator[str]:
    now, screening = story.accrual.now, story.screening
    sentence = (
        f"Of {people_counted(now.identified)} identified, {now.consented:,} consented, {screening.screened:,} were "
        f"screened and {now.randomised:,} randomised"
    )
    if screening.failures:
        worst = screening.failures[0]
        sentence += (
            f"; {screening.failed:,} {'was' if screening.failed == 1 else 'were'} not eligible, most often by "
            f"{worst.criterion.id}, {worst.criterion.title} ({worst.against:,})"
        )
    yield f"{sentence}."


def _treatment(story: Story) -> Iterator[str]:
    doses = [dose for course in story.people for dose in course.doses]
    if not doses:
        return
    treated = sum(bool(course.doses) for course in story.people)
    reduced = sum(not dose.full for dose in doses)
    actions = Counter(decision.action for course in story.people for decision in course.decisions)
    yield (
        f"{counted(len(doses), 'dose was', 'doses were')} given to {people_counted(treated)}, {reduced:,} of them "
        f"reduced; the rules held a dose {times_text(actions['hold'])} and stopped the treatment "
        f"{times_text(actions['stop'])}."
    )
    for waits in story.waits:
        if waits.window is not None:
            yield (
                f"{capital_text(waits.label)} came a median of {number_text(waits.median)} days after {waits.since}, "
                f"{waits.inside:,} of {len(waits.waits):,} within its window of {waits.window[0]} to "
                f"{waits.window[2]} days."
            )


def _visits(story: Story) -> Iterator[str]:
    settled = sum(each.settled for each in story.visits)
    if settled:
        done, missed = (sum(each.counts[status] for each in story.visits) for status in ("done", "missed"))
        off = settled - done - missed
        yield (
            f"Of {settled:,} visits that were due, {done:,} were made in their window, {off:,} outside of it, and "
            f"{missed:,} were missed."
        )


def _course(story: Story) -> Iterator[str]:
    inside = [course for course in story.people if course.randomised is not None]
    back = sum(course.recurrence is not None for course in inside)
    ends = Counter(course.standing for course in inside)
    if inside:
        yield (
            f"The disease came back in {back:,} of {len(inside):,}. By {day_text(story.on)}: "
            f"{ends[Standing.COMPLETED]:,} completed, {ends[Standing.WITHDRAWN]:,} withdrawn, {ends[Standing.LOST]:,} "
            f"lost to follow-up, {ends[Standing.DEAD]:,} dead."
        )


def _safety(story: Story) -> Iterator[str]:
    safety = story.safety
    yield (
        f"{counted(safety.events, 'adverse event was', 'adverse events were')} recorded in "
        f"{people_counted(safety.people)}, {safety.severe:,} of grade {SEVERE} or more, {safety.serious:,} serious."
    )
    for clock in story.clocks:
        if clock.late or clock.overdue:
            late = [f"met late {times_text(clock.late)}"] if clock.late else []
            late += [f"overdue for {counted(clock.overdue, 'event')} on {day_text(story.on)}"] if clock.overdue else []
            yield (
                f"The clock “{clock.clock.label}” ({clock.clock.limit}) ran {times_text(clock.events)}; it was "
                f"{listed(late)}."
            )


def _quality(story: Story) -> Iterator[str]:
    counts, questions = story.deviation_counts, story.questions
    if counts:
        yield (
            f"{counted(len(story.deviations), 'deviation')} from the protocol were found by rule, most often: "
            f"{listed([f'{each.label} ({sum(each.counts):,})' for each in counts[:MOST]])}."
        )
    else:
        yield "No deviation from the protocol was found by rule."
    if questions.opened:
        days = f", half of these within {number_text(questions.days)} days" if questions.days is not None else ""
        corrected = counted(questions.corrections, "value was", "values were")
        yield (
            f"{counted(questions.opened, 'question was', 'questions were')} asked about what was recorded, and "
            f"{questions.closed:,} closed{days}; {corrected} corrected."
        )


_PARTS: Final = (_beginning, _milestones, _way_in, _treatment, _visits, _course, _safety, _quality)


# ---------------------------------------------------------------- words
def times_text(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number:,} times")


def apart_text(first: date, last: date) -> str:
    """How far apart two days are, in the unit that people would use."""
    days = (last - first).days
    return counted(days, "day") if days < 60 else months_text(days / MONTH)


def months_text(months: float) -> str:
    return counted(round(months), "month")


def ordinal_text(number: int) -> str:
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{tail}"


def capital_text(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
