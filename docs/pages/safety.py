"""Safety: grading tables by version, clocks, what is expected, when to stop and what that does, what may come late."""

from collections.abc import Iterator

from equipoise.conduct.boundary import operating_characteristics
from equipoise.conduct.safety import share_seen
from equipoise.conduct.stopping import boundary_of
from equipoise.protocol.gradings import Grading
from equipoise.protocol.model import Protocol
from equipoise.protocol.safety import Clock, Expected, Late, Stopping
from equipoise.quantities import decimal_text
from equipoise.report.safety_words import method_words, origin_words, people_range, percent, stop_words
from equipoise.rules.nodes import Step
from equipoise.rules.prose import IS, limit_text, says

from .markdown import page, plain, rule_block, table

_STARTS = {"site_awareness": "the site became aware", "sponsor_awareness": "the sponsor became aware"}
_APPLIES = {
    "serious": "every serious event",
    "susar_fatal_or_life_threatening": "a suspected unexpected serious reaction that is fatal or threatens life",
    "susar_other": "any other suspected unexpected serious reaction",
}


def safety(trial: Protocol) -> str:
    return page(
        f"# {trial.acronym}: safety\n",
        "How laboratory values are graded, by when a serious event must be told to whom, which reactions are expected, "
        f"when dosing stops for toxicity, and what may come late. What {trial.acronym} never published says "
        f"*ours, not from {trial.acronym}*.\n",
        *_gradings(trial),
        *_clocks(trial),
        *_expected(trial),
        *(_stopping(each, trial) for each in trial.safety.stopping),
        *_late(trial),
    )


# ---------------------------------------------------------------- grading tables
def _gradings(trial: Protocol) -> Iterator[str]:
    pinned = f"CTCAE {trial.safety.ctcae}" if trial.safety.ctcae else ""
    versions = list(trial.grading_versions)
    yield "## Grading tables {#gradings}\n"
    if pinned:
        yield (
            f'**{pinned} is in force**: one line of `safety.toml`, `ctcae = "{trial.safety.ctcae}"`, pins it. '
            "A step in **bold** differs from the version in force. LLN and ULN are the laboratory's own limits of "
            "normal; where they are not on record, a step by them stays open.\n"
        )
    for name in trial.gradings:
        tables = {version: trial.grading_versions[version].get(name) for version in versions}
        stated = {version: each for version, each in tables.items() if each is not None}
        yield f"### {plain(trial.vocabulary[name].label)} {{#grading-{name}}}\n"
        yield _tables(trial.gradings[name], stated)
        yield "".join(
            f"- {version}: {plain(each.source)}.{f' {plain(each.note)}' if each.note else ''}\n"
            for version, each in stated.items()
        )


def _tables(pinned: Grading, stated: dict[str, Grading]) -> str:
    """One row a version, one column a grade; the pinned version is marked, what differs from it is bold."""
    grades = sorted({step.grade for each in stated.values() for step in each.steps})
    rows = []
    for version, each in stated.items():
        cells = [_cell(each, pinned, grade) for grade in grades]
        rows.append([f"**{version}** (in force)" if each is pinned else version, *cells])
    return table(["version", *(f"grade {grade}" for grade in grades)], rows)


def _cell(each: Grading, pinned: Grading, grade: int) -> str:
    text, in_force = _step(each, grade), _step(pinned, grade)
    return text if text == in_force else f"**{text}**"


def _step(grading: Grading, grade: int) -> str:
    found: list[Step] = [step for step in grading.steps if step.grade == grade]
    return plain(", or ".join(f"{IS[step.comparison]} {limit_text(step.limit)}" for step in found)) if found else "–"


# ---------------------------------------------------------------- clocks and expectedness
def _clocks(trial: Protocol) -> Iterator[str]:
    if not trial.safety.clocks:
        return
    yield "## Clocks of serious events {#clocks}\n"
    rows = [
        [_what(each), each.limit, f"since {_STARTS[each.starts]}", _origin(each, trial)] for each in trial.safety.clocks
    ]
    yield table(["what is to be done", "within", "", "source"], rows)
    yield (
        "Hours run from the minute. Days are calendar days, week-ends and holidays too: the day of becoming aware is "
        "day 0, and the last day counts to its end. An event counts as related when the investigator or the sponsor "
        "says so: the sponsor cannot downgrade the investigator, and both opinions are kept. Until somebody says that "
        "an event did not threaten life, the shorter clock runs; while it is open whether it is a suspected unexpected "
        "reaction, the clock runs too.\n"
    )


def _what(clock: Clock) -> str:
    return f"**{plain(clock.label)}**<br>for {_APPLIES[clock.applies]}"


def _origin(each: Clock | Expected | Late, trial: Protocol) -> str:
    note = f"<br>*{plain(each.note)}*" if each.note else ""
    return f"{plain(origin_words(trial, each.ours, each.source))}{note}"


def _expected(trial: Protocol) -> Iterator[str]:
    words = trial.safety.event
    if words is None or not trial.safety.expected:
        return
    terms = trial.vocabulary[words.record].fields[words.term]
    yield "## What is expected {#expected}\n"
    yield (
        "A reaction is expected only when it stands here, at no more than this grade; whatever does not stand here is "
        "unexpected. An assessor can call a listed event unexpected, never an unlisted one expected.\n"
    )
    rows = [
        [
            ", ".join(plain(terms.answer_label(term)) for term in each.terms),
            f"up to {each.grade}", "yes" if each.fatal else "no", _origin(each, trial),
        ]
        for each in trial.safety.expected
    ]  # fmt: skip
    yield table(["reaction", "grade", "fatal", "source"], rows)


# ---------------------------------------------------------------- stopping
def _stopping(stopping: Stopping, trial: Protocol) -> str:
    bayes, exact = boundary_of(stopping), boundary_of(stopping, "exact")
    rates = [float(stopping.acceptable) * times for times in (0.5, 1, 1.5, 2, 2.5, 3)]
    both = [operating_characteristics(each, rates) for each in (bayes, exact)]
    rows = [
        [
            percent(one.rate), percent(one.stop), f"{one.people:.1f}", f"{one.events:.1f}", percent(other.stop),
            f"{other.people:.1f}",
        ]
        for one, other in zip(*both, strict=True)
    ]  # fmt: skip
    return page(
        f"## When to stop: {plain(stopping.label)} {{#stopping-{stopping.id}}}\n",
        f"*{plain(origin_words(trial, stopping.ours, stopping.source))}*\n",
        rule_block(stopping.text),
        f"The event: {plain(says(stopping.rule, trial.vocabulary))}.\n",
        f"{plain(method_words(stopping, bayes))}\n",
        table(
            ["people who count", "stop at events"],
            [[people_range(first, last), stop_words(stop_at)] for first, last, stop_at in bayes.steps()],
        ),
        "What it does, by the true rate; beside it the exact boundary with one level for all looks "
        f"(P(stop) at the acceptable rate at most {decimal_text(stopping.alpha)}):\n",
        table(["true rate", "stops", "expected people", "expected events", "exact: stops", "exact: people"], rows),
        f"{plain(stopping.note)}\n" if stopping.note else "",
        f"`equipoise safety boundary {trial.id} --rule {stopping.id}` prints the same, also for other numbers.\n",
    )


# ---------------------------------------------------------------- late effects
def _late(trial: Protocol) -> Iterator[str]:
    if not trial.safety.late:
        return
    yield "## What may come late {#late}\n"
    yield "An event of these terms counts whenever it comes, after the end of the study too.\n"
    rows = [
        [f"**{plain(each.label)}**", plain(each.followed), plain(_seen(each)), _origin(each, trial)]
        for each in trial.safety.late
    ]
    yield table(["effect", "followed", "what the study sees of it", "source"], rows)


def _seen(late: Late) -> str:
    """Which share of the onsets comes within the study, at each of the medians."""
    if late.medians is None or late.spread is None or late.study is None or late.study.unit != "month":
        return ""
    months, spread = late.study.count, float(late.spread)
    shares = [f"{share_seen(months, float(m), spread) * 100:.0f} % at a median of {m} months" for m in late.medians]
    seen = f"{months} months after the first dose see {' and '.join(shares)} of the onsets"
    return f"{seen}, if the time to onset is lognormal with a spread of {late.spread}"
