"""The worked cases: facts, day, and the answer that they must get and do get; ambiguities; whole people."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from equipoise.dates import day_text
from equipoise.eligibility.cases import Turn, WorkedCase, read_cases, run_case
from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Verdict
from equipoise.facts import Fact
from equipoise.protocol.load import trial_cases
from equipoise.protocol.model import Protocol
from equipoise.quantities import number_text
from equipoise.report.words import counted, outcome_words
from equipoise.rules.prose import fact_text

from .markdown import bullets, code, page, plain, quoted, table

AMBIGUOUS = "ambiguous.toml"


# ---------------------------------------------------------------- the three pages
def cases(trial: Protocol) -> str:
    """The cases of single criteria, in the protocol's order."""
    own = [case for case in _all(trial) if case.criterion and case.file != AMBIGUOUS]
    return page(
        f"# {trial.acronym}: worked cases\n",
        f"{counted(len(own), 'case')} of single criteria: what is known of somebody on a day, and what the criterion's "
        "sentence then is. The answers are those that the files under `cases/` expect; the clauses behind them are "
        "what the program says. A case that came out otherwise would fail the tests, and the building of this page.\n",
        "An exclusion that is *true* applies. An *unknown* says why it is unknown. See also the "
        "[open questions](nelmas-ambiguous.md) and the [whole people](nelmas-people.md).\n",
        *(
            _of_criterion(trial, identifier, list(them))
            for identifier, them in groupby(own, key=lambda case: case.criterion)
        ),
    )


def ambiguous(trial: Protocol) -> str:
    """Where the text leaves something open: question, decision, and the case that shows it."""
    own = [case for case in _all(trial) if case.file == AMBIGUOUS]
    return page(
        f"# {trial.acronym}: open questions and how we decided\n",
        f"The full protocol of {trial.acronym} was never published, and the registry's sentences leave things open. "
        "Each question is here with our decision and a case that shows it. The decisions are ours.\n",
        *(_question(trial, case) for case in own),
    )


def people(trial: Protocol) -> str:
    """Whole people, with every criterion."""
    own = [case for case in _all(trial) if not case.criterion]
    return page(
        f"# {trial.acronym}: whole people\n",
        f"{counted(len(own), 'person', 'people')} with their stories, all made up, with every criterion and what "
        "changes with time.\n",
        *(_person(trial, case) for case in own),
    )


def _all(trial: Protocol) -> Sequence[WorkedCase]:
    return read_cases(trial, trial_cases(trial.id))


# ---------------------------------------------------------------- one case
def _of_criterion(trial: Protocol, identifier: str, them: Sequence[WorkedCase]) -> str:
    criterion = trial.criterion(identifier)
    return page(
        f"## {identifier} {plain(criterion.title)} {{#{identifier.lower()}}}\n",
        quoted(criterion.source),
        f"[The rule and its notes](nelmas-criteria.md#{identifier.lower()})\n",
        *(page(f"#### {plain(case.title)}\n", _case(trial, case)) for case in them),
    )


def _question(trial: Protocol, case: WorkedCase) -> str:
    title = case.title.removeprefix(f"{case.criterion}: ")
    return page(
        f"## {case.criterion}: {plain(title)}\n",
        f"**Question.** {plain(case.question)}\n",
        f"**Decision.** {plain(case.decision)}\n",
        _case(trial, case),
        f"[{case.criterion} and its notes](nelmas-criteria.md#{case.criterion.lower()})\n",
    )


def _case(trial: Protocol, case: WorkedCase) -> str:
    verdict = _screened(trial, case)
    judgement, expected = verdict[case.criterion], case.expected
    reason = expected.reasons.get(case.criterion, "")
    truth = f"**{expected.truths[case.criterion].value}**" + (f" ({reason})" if reason else "")
    return page(
        _given(trial, case),
        f"On {day_text(case.on)}, {case.criterion} is {truth}: {plain(judgement.because)}.\n",
        _warnings("Shown beside it", expected.warnings),
        f"*{plain(case.note)}*\n" if case.note else "",
    )


def _given(trial: Protocol, case: WorkedCase) -> str:
    """The facts as people say them, and what is declared complete."""
    declared = [f"declared complete: {plain(trial.vocabulary[name].label)}" for name in case.complete]
    facts = [_fact(fact, trial) for fact in case.facts]
    return bullets([*(facts or ["nothing is on record"]), *declared])


def _fact(fact: Fact, trial: Protocol) -> str:
    text = fact_text(fact, trial.vocabulary)
    limits = fact.reference
    if limits is not None:
        low = f"from {number_text(limits.low)}" if limits.low else ""
        high = f"up to {limits.high}" if limits.high else ""
        text += f" (normal {' '.join(part for part in (low, high) if part)})"
    if fact.doubt:
        text += f" (in doubt: {fact.doubt})"
    if fact.supersedes:
        text += " (corrects an earlier entry)"
    return plain(text)


def _screened(trial: Protocol, case: WorkedCase) -> Verdict:
    """The program's own answer; an answer other than the expected one fails the build."""
    differences = run_case(trial, case)
    if differences:
        raise ValueError(f"{case.file}, line {case.line}: {'; '.join(differences)}")
    return screen_person(trial, case.title, case.facts, case.on, case.complete)


def _warnings(heading: str, names: Sequence[str] | None) -> str:
    return f"{heading}: {_links(names)}\n" if names else ""


def _links(names: Sequence[str]) -> str:
    """The names of criteria or warnings, each leading to its place."""
    return ", ".join(f"[{name}](nelmas-criteria.md#{name.lower()})" for name in names)


# ---------------------------------------------------------------- one person
def _person(trial: Protocol, case: WorkedCase) -> str:
    verdict, expected = _screened(trial, case), case.expected
    return page(
        f"## {plain(case.title)}\n",
        plain(case.story),
        f"**On {day_text(case.on)}: {outcome_words(verdict.outcome, verdict.candidate)}.**\n",
        bullets(plain(judgement.sentence) for judgement in verdict.deciding) if not verdict.eligible else "",
        _named("To find in the records", expected.to_find),
        _named("To ask", expected.to_ask),
        _warnings("Warnings", expected.warnings),
        _turns(verdict, expected.changes or ()),
        f"*{plain(case.note)}*\n" if case.note else "",
        "What is on record:\n",
        _given(trial, case),
        _truths(case),
    )


def _named(heading: str, names: Sequence[str] | None) -> str:
    return f"{heading}: {', '.join(code(name) for name in names)}\n" if names else ""


def _turns(verdict: Verdict, turns: Sequence[Turn]) -> str:
    """The expected days of change, with the program's reason for each."""
    if not turns:
        return "No day changes this by itself.\n"
    reasons = {step.on: step.because for step in verdict.changes}
    rows = [[day_text(turn.on), outcome_words(turn.outcome, turn.candidate), plain(reasons[turn.on])] for turn in turns]
    return page("If nothing new is learned:\n", table(["from", "verdict", "because"], rows))


def _truths(case: WorkedCase) -> str:
    """Every criterion, by its answer."""
    truths: Mapping[str, str] = {
        identifier: f"{truth.value} ({case.expected.reasons[identifier]})"
        if identifier in case.expected.reasons
        else truth.value
        for identifier, truth in case.expected.truths.items()
    }
    groups: dict[str, list[str]] = {}
    for identifier, truth in truths.items():
        groups.setdefault(truth, []).append(identifier)
    return table(["the sentence is", "of these criteria"], [[truth, _links(ids)] for truth, ids in groups.items()])
