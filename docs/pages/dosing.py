"""Dosing: levels, days and product; every rule with its source and flags; readiness; and the worked dose cases."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from equipoise.conduct.dose_cases import DoseCase, decide_case, read_dose_cases, run_dose_case
from equipoise.conduct.ruling import flags_of
from equipoise.dates import day_text
from equipoise.facts import Fact
from equipoise.protocol.doses import Cycle, DoseRule, DoseWarning, Level, Ready
from equipoise.protocol.load import trial_cases
from equipoise.protocol.model import Protocol
from equipoise.rules.prose import fact_text, moment_text, says

from .markdown import bullets, code, page, plain, rule_block, table

_ACTIONS = {
    "stop": ("Stop for good", "Whatever else holds, nothing more is given."),
    "hold": ("Hold", "Nothing is given while one of these holds true, or cannot be judged."),
    "reduce": ("Reduce", "Once nothing holds the dose any more, half of it is given."),
}


def dosing(trial: Protocol) -> str:
    """The whole page."""
    treatment = trial.treatment
    return page(
        f"# {trial.acronym}: dosing\n",
        f"Treatment: {plain(treatment.label)} ({plain(treatment.source)}). {trial.acronym} never published its rules "
        f"for changing a dose. What is marked *ours, not from {trial.acronym}* is from the product's label, as far as "
        "public copies could be read, or a default of ours; its source says which. *Unverified*: a number, or the "
        "wording of the action, was seen in no source that could be read. Check both against the label before use.\n",
        f"Grades are by {_versions(trial)}; another version changes doses. Protocol digest `{trial.digest}`.\n",
        "Stop comes before hold, hold before what cannot be judged yet, that before reduce, and reduce before give: an "
        "unknown never gives a dose.\n",
        "## What is given, and when\n",
        _levels(trial),
        _cycles(trial),
        _product(trial),
        *(_rules(trial, action) for action in _ACTIONS),
        "## Ready for it\n",
        "Each must be true before a dose that the rules allow; those of the infusion on that day, the others when the "
        "dose is prescribed.\n",
        table(
            ["", "must be true", "while it is not", "asked at", "source"],
            (_ready(each, trial) for each in treatment.ready),
        ),
        "## Warnings\n",
        "Shown beside the decision; none of them changes it.\n",
        table(["", "shown when", "message", "source"], (_warning(each, trial) for each in treatment.warnings)),
        "## Worked cases\n",
        "What is known of somebody, all made up, and what is decided. The decisions are those that the files under "
        "`doses/` expect; the words are the program's. A case that came out otherwise would fail the tests, and the "
        "building of this page.\n",
        *_worked(trial),
    )


def _versions(trial: Protocol) -> str:
    graded = {name for rule in trial.treatment.rules for name in rule.graded}
    return ", ".join(
        f"{trial.gradings[name].version} ({plain(trial.vocabulary[name].label)})" for name in sorted(graded)
    )


# ---------------------------------------------------------------- what is given
def _levels(trial: Protocol) -> str:
    rows = [
        [plain(level.label), str(level.activity), plain(level.source) + _flags(level, trial)]
        for level in trial.treatment.levels
    ]
    return table(["level", "activity", "source"], rows)


def _cycles(trial: Protocol) -> str:
    def days(cycle: Cycle) -> str:
        more = f"; at most {cycle.extended} for {cycle.extended_for}" if cycle.extended else ""
        return f"from {cycle.earliest} to {cycle.latest} after {moment_text(cycle.moment, trial.vocabulary)}{more}"

    rows = [
        [str(cycle.number), plain(days(cycle)), plain(f"{cycle.source}. {cycle.note}") + _flags(cycle, trial)]
        for cycle in trial.treatment.cycles
    ]
    return table(["dose", "days", "source"], rows)


def _product(trial: Protocol) -> str:
    product = trial.treatment.product
    if product is None:
        return ""
    numbers = {
        "half-life": product.half_life, "concentration at calibration": product.concentration,
        "least volume of a vial": product.least, "most volume of a vial": product.most,
        "shelf life": product.shelf_life,
    }  # fmt: skip
    rows = [
        [name, str(number.value), plain(number.source) + (" *(unverified)*" if number.unverified else "")]
        for name, number in numbers.items()
        if number is not None
    ]
    return page(f"### {plain(product.name)}\n", table(["", "value", "source"], rows))


# ---------------------------------------------------------------- rules
def _flags(item: DoseRule | Ready | DoseWarning | Cycle | Level, trial: Protocol) -> str:
    flags = flags_of(item, trial.acronym)
    return f" *({'; '.join(flags)})*" if flags else ""


def _rules(trial: Protocol, action: str) -> str:
    heading, what = _ACTIONS[action]
    own = [rule for rule in trial.treatment.rules if rule.action == action]
    return page(f"## {heading}\n", f"{what}\n", *(_rule(rule, trial) for rule in own))


def _rule(rule: DoseRule, trial: Protocol) -> str:
    every = tuple(cycle.number for cycle in trial.treatment.cycles)
    doses = "" if rule.cycles == every else f" Applies to dose {', '.join(map(str, rule.cycles))}."
    about = f" ({plain(rule.toxicity)})" if rule.toxicity else ""
    return page(
        f"### {rule.id}{about} {{#{rule.id}}}\n",
        rule_block(rule.text),
        f"When {plain(says(rule.rule, trial.vocabulary))}.{doses}\n",
        f"{plain(rule.message)}\n",
        f"Source: {plain(rule.source)}{_flags(rule, trial)}\n",
        f"*{plain(rule.note)}*\n" if rule.note else "",
    )


def _ready(item: Ready, trial: Protocol) -> Sequence[str]:
    source = plain(f"{item.source}. {item.note}" if item.note else item.source) + _flags(item, trial)
    return [
        f"{plain(item.label)} ({code(item.id)})",
        plain(says(item.rule, trial.vocabulary)),
        plain(item.message),
        item.at,
        source,
    ]


def _warning(item: DoseWarning, trial: Protocol) -> Sequence[str]:
    return [
        code(item.id),
        plain(says(item.rule, trial.vocabulary)),
        plain(item.message),
        plain(item.source) + _flags(item, trial),
    ]


# ---------------------------------------------------------------- cases
def _worked(trial: Protocol) -> Iterable[str]:
    cases = read_dose_cases(trial, trial_cases(trial.id, "doses"))
    for about, them in groupby(cases, key=lambda case: case.about):
        own = list(them)
        shared = bullets(_fact(fact, trial) for fact in _common(own))
        yield page(
            f"### {plain(about)}\n",
            "On record in each of these, unless it says otherwise:\n",
            shared,
            table(["", "on record besides", "decision", "because"], (_case(case, trial) for case in own)),
        )


def _common(cases: Sequence[DoseCase]) -> Sequence[Fact]:
    """The facts that the cases of a file share: those of the case that leaves least out."""
    return max((case.shared for case in cases), key=len)


def _case(case: DoseCase, trial: Protocol) -> Sequence[str]:
    differences = run_dose_case(trial, case)
    if differences:
        raise ValueError(f"{case.file}, line {case.line}: {'; '.join(differences)}")
    decision = decide_case(trial, case)
    left_out = [f"without: {plain(trial.vocabulary[name].label)}" for name in case.without]
    besides = [*left_out, *(_fact(fact, trial) for fact in case.facts)]
    unready = decision.unready("prescription")
    not_ready = [f"Not ready: {', '.join(code(ruling.id) for ruling in unready)}."] if unready else []
    beside = [f"Warning: {', '.join(code(notice.id) for notice in decision.notices)}."] if decision.notices else []
    late = [plain(decision.timing.sentence)] if decision.timing.state in ("late", "over", "extended") else []
    why = [*(plain(reason) for reason in decision.reasons), *late, *not_ready, *beside]
    note = [f"*{plain(case.note)}*"] if case.note else []
    return [
        f"{plain(case.title)}, {day_text(case.on)}, dose {case.cycle}",
        "<br>".join(besides) or "nothing else",
        f"**{plain(decision.headline)}**",
        "<br>".join([*why, *note]),
    ]


def _fact(fact: Fact, trial: Protocol) -> str:
    high = fact.reference.high if fact.reference is not None else None
    limit = f" (normal up to {high})" if high is not None else ""
    doubt = f" (in doubt: {fact.doubt})" if fact.doubt else ""
    return plain(f"{fact_text(fact, trial.vocabulary)}{limit}{doubt}")
