"""The analysis: endpoints, populations, analyses, subgroups, looks; each with its source; and the worked outcomes."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from equipoise.analysis.outcome_cases import OutcomeCase, outcome_rows, read_outcome_cases, run_outcome_case
from equipoise.dates import day_text
from equipoise.protocol.analysis import Analysis, Baseline, Endpoint, Flag, Occurrence, PlannedLook, Purpose, Subgroup
from equipoise.protocol.comparisons import METHODS
from equipoise.protocol.endpoints import BOUNDS
from equipoise.protocol.load import trial_cases
from equipoise.protocol.model import Protocol
from equipoise.protocol.origins import Origin
from equipoise.report.words import sentence
from equipoise.rules.prose import fact_text, moment_text, says

from .markdown import bullets, code, page, plain, table

_PURPOSES: dict[Purpose, str] = {
    "primary": "Primary analyses", "secondary": "Secondary analyses", "sensitivity": "Sensitivity analyses",
    "exploratory": "Exploratory analyses",
}  # fmt: skip


def analysis(trial: Protocol) -> str:
    """The whole page."""
    plan = trial.analysis
    return page(
        f"# {trial.acronym}: analysis\n",
        f"How the arms are compared. {trial.acronym} published the names of its outcomes and no plan of analysis: what "
        f"is marked *ours, not from {trial.acronym}* is a default of ours. Rules are in the language of the criteria. "
        f"Protocol digest `{trial.digest}`.\n",
        "## Endpoints\n",
        "The first of its events ends a time. Whoever has none is censored at the last scan without disease, or at the "
        "last contact; nothing counts after the data cut, nor after a withdrawal from everything. Days are counted "
        "from 0, the day on which the time begins. A day that is known in part only is read as the first that it can "
        "have been: not before the last scan without disease, where scans see the event, and else not before the last "
        "day on which the person is known to have been alive; the row says so.\n",
        *(_endpoint(each, trial) for each in plan.endpoints),
        "## What a reader must know\n",
        "Each row of a person to whom this applies carries it; no time is changed by it.\n",
        table(["", "when", "source"], (_flag(flag, trial) for flag in plan.flags)),
        "## Populations\n",
        table(["", "who", "source"], (_population(each.id, trial) for each in plan.populations)),
        *(_analyses(purpose, trial) for purpose in _PURPOSES),
        "## Subgroups\n",
        "As people were on the day of the randomisation. Somebody of whom it cannot be told is in no part.\n",
        table(["", "parts", "source"], (_subgroup(each, trial) for each in plan.subgroups)),
        "## Baseline table\n",
        table(["", "read from", "source"], (_variable(each, trial) for each in plan.baseline)),
        "## Looks\n",
        table(["", "analysis", "when", "source"], (_look(each, trial) for each in plan.looks)),
        "## Worked outcomes\n",
        "What is known of somebody, all made up, and the row that it gives. A case that came out otherwise would fail "
        "the tests, and the building of this page.\n",
        *_worked(trial),
    )


def _flag(flag: Flag, trial: Protocol) -> Sequence[str]:
    note = f"<br>*{plain(flag.origin.note)}*" if flag.origin.note else ""
    return [plain(flag.label) + note, plain(says(flag.rule, trial.vocabulary)), _origin(flag.origin, trial)]


def _origin(origin: Origin, trial: Protocol) -> str:
    ours = f"*ours, not from {plain(trial.acronym)}*" if origin.ours else ""
    return "; ".join(part for part in (plain(origin.source), ours) if part)


# ---------------------------------------------------------------- endpoints
def _endpoint(endpoint: Endpoint, trial: Protocol) -> str:
    begins = moment_text(endpoint.moment, trial.vocabulary)
    rows = [["begins with", plain(begins)]]
    if endpoint.entry is not None:
        entry = moment_text(endpoint.entry, trial.vocabulary)
        rows.append(["under observation from", plain(f"{entry} (delayed entry)")])
    rows.append(["event: the first of", _occurrences(endpoint.event, trial)])
    if endpoint.competing:
        rows.append(["competing event", _occurrences(endpoint.competing, trial)])
    if endpoint.until:
        rows.append(["counted until", _occurrences(endpoint.until, trial)])
    rows.append(["censored at", _censored(endpoint, trial)])
    if endpoint.missed_scans:
        rows.append(["not counted", f"a death after {endpoint.missed_scans} or more scans in a row that were missed"])
    if endpoint.seen_at_scans:
        names = ", ".join(plain(trial.vocabulary[name].label) for name in endpoint.seen_at_scans)
        rows.append(["seen at scans", f"{names}: it happened at some time since the scan before"])
    if endpoint.never:
        names = ", ".join(plain(trial.vocabulary[name].label) for name in endpoint.never)
        rows.append(["never an event", names])
    like = f"As {code(endpoint.like)}, but for what its name says.\n" if endpoint.like else ""
    return page(
        f"### {plain(sentence(endpoint.label).rstrip('.'))} {{#{endpoint.id}}}\n",
        like,
        table([code(endpoint.id), code(endpoint.param)], rows),
        f"Source: {_origin(endpoint.origin, trial)}\n",
        f"*{plain(endpoint.origin.note)}*\n" if endpoint.origin.note else "",
    )


def _occurrences(found: Iterable[Occurrence], trial: Protocol) -> str:
    return "<br>".join(f"{code(each.text)}: {plain(says(each.rule, trial.vocabulary))}" for each in found)


def _censored(endpoint: Endpoint, trial: Protocol) -> str:
    at = [code(each.text) for each in endpoint.scans] or [plain(BOUNDS["last_contact"])]
    return f"{' or '.join(at)}; {plain(BOUNDS['withdrawal'])}" if endpoint.withdrawal else " or ".join(at)


# ---------------------------------------------------------------- who, and how
def _population(identifier: str, trial: Protocol) -> Sequence[str]:
    population = trial.analysis.population(identifier)
    who = "everybody randomised"
    if population.rule is not None:
        arms = f" (asked of {', '.join(population.arms)}; of the other arm, everybody)" if population.arms else ""
        who = f"{says(population.rule, trial.vocabulary)}{arms}"
    if population.without_deviations:
        who += f", without those who have a deviation that is {population.without_deviations}"
    note = f"<br>*{plain(population.origin.note)}*" if population.origin.note else ""
    return [f"{plain(population.label)} ({code(population.id)})", plain(who) + note, _origin(population.origin, trial)]


def _analyses(purpose: Purpose, trial: Protocol) -> str:
    own = trial.analysis.of(purpose)
    if not own:
        return ""
    return page(
        f"## {_PURPOSES[purpose]}\n",
        table(["", "endpoint", "population", "methods", "source"], (_analysis(each, trial) for each in own)),
    )


def _analysis(each: Analysis, trial: Protocol) -> Sequence[str]:
    methods = [_method(method, each) for method in each.methods]
    stratified = "; stratified as randomised" if each.strata == "as_randomised" else ""
    note = f"<br>*{plain(each.origin.note)}*" if each.origin.note else ""
    return [
        f"{plain(each.label)} ({code(each.id)}){note}",
        f"[{plain(trial.analysis.endpoint(each.endpoint).label)}](#{each.endpoint})",
        plain(trial.analysis.population(each.population).label),
        plain("; ".join(methods) + stratified),
        _origin(each.origin, trial),
    ]


def _method(method: str, each: Analysis) -> str:
    told = METHODS[method]  # pyright: ignore[reportArgumentType]
    if method in ("fixed_time", "rmst") and each.at is not None:
        return f"{told}, {each.at}"
    if method == "logrank" and each.weights != (0.0, 0.0):
        return f"{told} weighted by Fleming-Harrington ({each.weights[0]:g}, {each.weights[1]:g})"
    return told


def _subgroup(each: Subgroup, trial: Protocol) -> Sequence[str]:
    parts = (f"{plain(level.label)}: {plain(says(level.rule, trial.vocabulary))}" for level in each.levels)
    return [plain(each.label), "<br>".join(parts), _origin(each.origin, trial)]


def _variable(each: Baseline, trial: Protocol) -> Sequence[str]:
    return [plain(each.label), code(each.text), _origin(each.origin, trial)]


def _look(each: PlannedLook, trial: Protocol) -> Sequence[str]:
    when = f"with {each.events} events" if each.events is not None else f"{each.after} after the last randomisation"
    spent = "" if each.spending == "none" else f"; error spent by {each.spending.replace('_', '-')}"
    note = f"<br>*{plain(each.origin.note)}*" if each.origin.note else ""
    return [
        plain(each.label), code(each.analysis), plain(f"{when}{spent}") + note, _origin(each.origin, trial),
    ]  # fmt: skip


# ---------------------------------------------------------------- worked outcomes
def _worked(trial: Protocol) -> Iterable[str]:
    cases = read_outcome_cases(trial, trial_cases(trial.id, "outcomes"))
    for about, them in groupby(cases, key=lambda case: case.about):
        own = list(them)
        first = own[0]
        yield page(
            f"### {plain(about)}\n",
            f"Randomised on {day_text(first.randomised)} to {plain(first.arm)}; the data are cut on "
            f"{day_text(first.cut)}, unless a case says otherwise.\n",
            *(_case(case, trial, first) for case in own),
        )


def _case(case: OutcomeCase, trial: Protocol, first: OutcomeCase) -> str:
    differences = run_outcome_case(trial, case)
    if differences:
        raise ValueError(f"{case.file}, line {case.line}: {'; '.join(differences)}")
    known = [plain(fact_text(fact, trial.vocabulary)) for fact in case.facts]
    known += [plain(_act(act)) for act in case.acts]
    cut = f"Cut on {day_text(case.cut)}.\n" if case.cut != first.cut else ""
    rows = outcome_rows(trial, case)
    told = [
        [plain(trial.analysis.endpoint(name).label), plain(row.left_out or row.reason),
         "<br>".join(plain(text) for text in (*row.flags, *row.open))]
        for name, row in rows.items()
    ]  # fmt: skip
    return page(
        f"**{plain(case.title[0].upper() + case.title[1:])}.** {plain(case.note)}\n",
        cut,
        bullets(known),
        table(["endpoint", "row", ""], told),
    )


def _act(act: dict[str, object]) -> str:
    kind = next(key for key in act if key != "on")
    named = {"withdrawn": f"withdrew ({act.get('withdrawn')})", "lost": "lost to follow-up", "visit": "visit"}
    return f"{named.get(kind, kind.replace('_', ' '))} on {day_text(act['on'])}"  # pyright: ignore[reportArgumentType]
