"""What every form of the worklist says of one person: how they stand, what to do, and until when."""

from datetime import date
from typing import Final

from ..dates import EARLIEST, day_text, span_text
from ..eligibility.verdict import Need
from ..recruitment.worklist import Due, Item, Passed, Worklist
from ..rules.prose import says
from .words import SYNTHETIC, WHOM, asked, counted, listed, people_counted, stretches, verdict_words

FIND: Final = "Find in the records"
READY: Final = "nothing is missing"


def standing_words(item: Item) -> str:
    """eligible, candidate to approach, not yet known; of somebody who cannot enter yet, from which day they may."""
    return verdict_words(item.verdict) if item.opens is None else f"not before {day_text(item.opens.on)}"


def to_do(item: Item) -> dict[str, list[Need]]:
    """What is to be found, and what is to be asked, by whom to ask."""
    found = {FIND: list(item.verdict.to_find)} if item.verdict.to_find else {}
    return {**found, **asked(item.verdict)}


def against_words(item: Item) -> str:
    """What stands against somebody who cannot enter yet: "E1 Less than 4 weeks since surgery"."""
    return "; ".join(f"{each.criterion.id} {each.criterion.title}" for each in item.verdict.deciding)


def asked_of(item: Item, who: str) -> list[str]:
    """What one of those who know it is to be asked, in words."""
    return [need.text for need in to_do(item).get(WHOM[who], ())]


def days_left_words(item: Item) -> str:
    """ "9 days left", "today is the last day"; of a day that is not exact, that it may be over."""
    days = item.days_left
    if days is None:
        return "no last day on record"
    if days < 0:
        return "perhaps over: its date is not exact"
    return "today is the last day" if days == 0 else f"{counted(days, 'day')} left"


def due_words(due: Due) -> str:
    """ "first dose 15 May 2026 to 12 June 2026"; what is known of it where its moment is not of one day."""
    label, first, last = due.deadline.label, span_text(due.first), span_text(due.last)
    if due.last.lo <= EARLIEST:
        return f"{label}: until when is not known, the date that it is counted from is not on record"
    return f"{label} {first} to {last}" if due.last.exact else f"{label}: the first day {first}, the last {last}"


def turn_words(item: Item) -> str:
    """The next other outcome by itself, as long as there is time: "19 June 2026: not yet known"; "" for none."""
    for stretch in stretches(item.verdict)[1:]:
        in_time = item.closes is None or stretch.first.toordinal() <= item.closes
        if in_time and stretch.words != verdict_words(item.verdict):
            return f"{day_text(stretch.first)}: {stretch.words}"
    return ""


def last_day(item: Item) -> date | None:
    """The last day on which there is surely still time."""
    return None if item.closes is None else date.fromordinal(item.closes)


def sources(found: Worklist) -> list[str]:
    """Where each deadline is from; one of ours says so."""
    told: list[str] = []
    for deadline in found.trial.deadlines:
        ours = f"not from {found.trial.acronym}, ours: " if deadline.ours else ""
        told.append(
            f"{deadline.label[:1].upper()}{deadline.label[1:]}: {deadline.earliest} to {deadline.within} after "
            f"the {_moment(found, deadline.moment.name)} ({ours}{deadline.source})."
        )
    return told


def _moment(found: Worklist, name: str) -> str:
    moment = found.trial.moments.get(name)
    concept = moment.look.concept if moment is not None and moment.look is not None else name
    return found.trial.vocabulary[concept].label


def passed_words(found: Worklist) -> list[str]:
    """How many people are not on the list, for which reason."""
    sign = says(found.trial.sign, found.trial.vocabulary) if found.trial.sign is not None else ""
    reasons: dict[Passed, str] = {
        "ineligible": "something stands against it, and no day changes that in time",
        "too_late": f"too late for {listed([deadline.label for deadline in found.trial.deadlines], 'or')}",
        "no_sign": f"nothing on record that is looked for (not from {found.trial.acronym}, ours: {sign})",
    }
    return [f"{people_counted(found.passed[why])}: {text}" for why, text in reasons.items() if found.passed.get(why)]


def title_words(found: Worklist) -> str:
    """ "NELMAS: 12 people to look at on 1 June 2026"."""
    return f"{found.trial.acronym}: {people_counted(len(found.items))} to look at on {day_text(found.on)}"


def made_up(found: Worklist) -> str:
    """That the records say that their people are made up; "" when they do not."""
    return SYNTHETIC if found.synthetic else ""
