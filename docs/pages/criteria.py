"""The criteria: sentence, rule, rule in words, notes; then the warnings with their sources."""

from equipoise.protocol.model import Criterion, Protocol, Warning_
from equipoise.report.trial import KINDS, rule_words
from equipoise.rules.prose import says

from .markdown import bullets, page, plain, quoted, rule_block


def criteria(trial: Protocol) -> str:
    return page(
        f"# {trial.acronym}: criteria\n",
        f"{len(trial.criteria)} criteria. Of each: the registry's sentence word for word, the rule that it is read as, "
        "the rule in words, and our notes where the sentence leaves something open. What is ours is said to be ours. "
        "[Worked cases](nelmas-cases.md) show what each rule makes of facts.\n",
        f"Protocol digest `{trial.digest}`.\n",
        *(part for kind, heading in KINDS.items() for part in _of_kind(trial, kind, heading)),
        *_warnings(trial),
    )


def _of_kind(trial: Protocol, kind: str, heading: str) -> list[str]:
    return [f"## {heading}\n", *(_criterion(each, trial) for each in trial.criteria if each.kind == kind)]


def _criterion(criterion: Criterion, trial: Protocol) -> str:
    return page(
        f"### {criterion.id} {plain(criterion.title)} {{#{criterion.id.lower()}}}\n",
        quoted(criterion.source),
        rule_block(criterion.text),
        plain(rule_words(criterion, trial)),
        bullets(plain(note) for note in criterion.notes),
        f"*Ours, not from {trial.acronym}:* {plain(criterion.ours)}.\n" if criterion.ours else "",
    )


def _warnings(trial: Protocol) -> list[str]:
    return [
        "## Warnings beside the verdict\n",
        "What a person should see although no criterion says it. A warning never changes a verdict.\n",
        *(_warning(each, trial) for each in trial.warnings),
    ]


def _warning(warning: Warning_, trial: Protocol) -> str:
    ours = f"Not from {trial.acronym}. " if warning.ours else ""
    return page(
        f"### {warning.id} {{#{warning.id.lower()}}}\n",
        quoted(warning.message),
        rule_block(warning.text),
        f"Shown when {plain(says(warning.rule, trial.vocabulary))}.\n",
        f"*{ours}Source:* {plain(warning.source)}\n",
    )
