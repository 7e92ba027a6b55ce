"""The words and marks that every rendering shares: outcomes, standings, what is wanted, and until when."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from ..dates import day_text
from ..eligibility.verdict import Judgement, Need, Outcome, Verdict
from ..facts import Unread
from ..truth import UNKNOWN

Tone = Literal["good", "bad", "open"]

OUTCOMES: Final = {
    Outcome.ELIGIBLE: "eligible",
    Outcome.INELIGIBLE: "not eligible",
    Outcome.UNDETERMINED: "not yet known",
}
TONES: Final[dict[Outcome, Tone]] = {
    Outcome.ELIGIBLE: "good",
    Outcome.INELIGIBLE: "bad",
    Outcome.UNDETERMINED: "open",
}
# A colour is never the only sign: each tone has its mark.
MARKS: Final[dict[Tone, str]] = {"good": "✓", "bad": "✗", "open": "?"}

STATEMENT: Final = (
    "Equipoise is research software. It supports an investigator's judgement and never replaces it: whether a person "
    "may enter a trial is decided by the investigator, from the source documents."
)
SYNTHETIC: Final = "Synthetic data: some or all of these records say of themselves that their people are made up."
WHOM: Final = {"person": "Ask the person", "investigator": "Ask the investigator", "site": "Ask the site"}
# The order in which people are worth looking at.
GROUPS: Final = ("eligible", "candidate to approach", "not yet known", "not eligible")


class Standing(NamedTuple):
    """What a criterion's truth means for entering: in words, and its tone."""

    words: str
    tone: Tone

    @property
    def mark(self) -> str:
        return MARKS[self.tone]


def standing(judgement: Judgement) -> Standing:
    """met, not met, applies, does not apply, cannot be judged yet."""
    if judgement.truth is UNKNOWN:
        return Standing("cannot be judged yet", "open")
    inclusion = judgement.criterion.kind == "inclusion"
    if judgement.favourable:
        return Standing("met" if inclusion else "does not apply", "good")
    return Standing("not met" if inclusion else "applies", "bad")


def outcome_words(outcome: Outcome, candidate: bool = False) -> str:
    """The outcome as people say it; a candidate is told apart."""
    return "candidate to approach" if candidate else OUTCOMES[outcome]


def verdict_words(verdict: Verdict) -> str:
    return outcome_words(verdict.outcome, verdict.candidate)


def grouped(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts by what is to be done, whom to look at first coming first; groups without anybody are left out."""
    groups: dict[str, list[Verdict]] = {name: [] for name in GROUPS}
    for verdict in verdicts:
        groups[verdict_words(verdict)].append(verdict)
    return {name: members for name, members in groups.items() if members}


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 person", "2,000 people"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ended(clause: str) -> str:
    """A clause as a sentence: with a full stop, unless it ends with a mark of its own."""
    return clause if clause.endswith((".", "?", "!")) else f"{clause}."


def people_counted(number: int) -> str:
    return counted(number, "person", "people")


def headline(verdict: Verdict) -> str:
    """The verdict and what it rests on, in one sentence."""
    against = [judgement.criterion.id for judgement in verdict.judgements if judgement.against]
    open_ = [judgement.criterion.id for judgement in verdict.judgements if judgement.truth is UNKNOWN]
    number = len(verdict.judgements)
    if verdict.outcome is Outcome.ELIGIBLE:
        return f"All {number} criteria are settled in favour."
    if verdict.outcome is Outcome.INELIGIBLE:
        which = f"{listed(against)} {'stands' if len(against) == 1 else 'stand'} against it."
        return (
            which
            if not open_
            else f"{which} {counted(len(open_), 'other criterion', 'other criteria')} cannot be judged yet."
        )
    what = f"{counted(len(open_), 'criterion', 'criteria')} cannot be judged yet: {listed(open_)}."
    tail = " Nothing is left to find in the records; the open questions go to people." if verdict.candidate else ""
    return f"Nothing stands against it. {what}{tail}"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """ "E1", "E1 and E8", "E1, E8 and E10"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}" if words else ""


def asked(verdict: Verdict) -> dict[str, list[Need]]:
    """What only people can answer, by whom to ask."""
    groups: dict[str, list[Need]] = {}
    for need in verdict.to_ask:
        groups.setdefault(WHOM[need.who], []).append(need)
    return groups


def sentence(clause: str) -> str:
    """A clause as a sentence of its own."""
    return f"{clause[:1].upper()}{clause[1:]}" + ("" if clause.endswith((".", "!", "?")) else ".")


def sources(judgement: Judgement) -> list[str]:
    """Where the facts stand that a judgement rests on, each once."""
    return list(dict.fromkeys(fact.source for fact in judgement.evidence if fact.source))


class Stretch(NamedTuple):
    """The days from first to last (None: without end) on which one verdict holds, if nothing new is learned."""

    first: date
    last: date | None
    outcome: Outcome
    candidate: bool
    because: str

    @property
    def words(self) -> str:
        return outcome_words(self.outcome, self.candidate)

    @property
    def days(self) -> str:
        if self.last is None:
            return f"from {day_text(self.first)}"
        return (
            f"{day_text(self.first)} to {day_text(self.last)}"
            if self.first < self.last
            else f"on {day_text(self.first)}"
        )


def stretches(verdict: Verdict) -> list[Stretch]:
    """The verdict from its day on, cut at every day on which it changes by itself."""
    starts = [(verdict.on, verdict.outcome, verdict.candidate, headline(verdict))]
    starts += [(step.on, step.outcome, step.candidate, step.because) for step in verdict.changes]
    ends = [start[0] - timedelta(days=1) for start in starts[1:]]
    return [Stretch(start[0], end, *start[1:]) for start, end in zip(starts, [*ends, None], strict=True)]


def next_change(verdict: Verdict) -> str:
    """The first later day on which the outcome is another by itself, else on which a warning begins; "—" for none."""
    later = stretches(verdict)[1:]
    for stretch in later:
        if (stretch.outcome, stretch.candidate) != (verdict.outcome, verdict.candidate):
            return f"{day_text(stretch.first)}: {outcome_words(stretch.outcome, stretch.candidate)}"
    return f"{day_text(later[0].first)}: a warning begins" if later and verdict.outcome is Outcome.ELIGIBLE else "—"


def unread_kinds(unread: Iterable[Unread]) -> list[tuple[str, int, list[Unread]]]:
    """What could not be read, by kind: how many, and the first few, the commonest kind first."""
    entries = list(unread)
    counts = Counter(each.kind for each in entries)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [(kind, number, [each for each in entries if each.kind == kind][:3]) for kind, number in ordered]


def shortened(text: str, length: int) -> str:
    """The text, cut at a word where it is longer."""
    return text if len(text) <= length else f"{text[:length].rsplit(' ', 1)[0].rstrip(',;:')} ..."


def short(digest: str) -> str:
    """The beginning of a digest, enough for a person to compare."""
    return digest[:12]
