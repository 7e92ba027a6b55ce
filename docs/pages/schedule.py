"""The schedule of visits: the table, the statuses that a visit can have, and how far a withdrawal goes."""

from equipoise.conduct.schedule import STATUSES
from equipoise.conduct.scope import PERMITS, SCOPES, WHAT
from equipoise.conduct.visit_words import extended_words, margin_words
from equipoise.protocol.model import Protocol
from equipoise.protocol.visits import ENDS, KINDS, Visit
from equipoise.report.visits_words import collects_words, source_words
from equipoise.report.words import listed, sentence

from .markdown import code, page, plain, table


def schedule(trial: Protocol) -> str:
    visits = trial.schedule.visits
    return page(
        f"# {trial.acronym}: schedule of visits\n",
        f"*The table of visits is ours, not from {trial.acronym}.* {plain(trial.schedule.note)}\n"
        if trial.schedule.ours
        else f"{plain(trial.schedule.note)}\n",
        f"Source: {plain(trial.schedule.source)}.\n" if trial.schedule.source else "",
        "Every visit is counted from a moment as it really was, months and years by the calendar. Both ends of a "
        "window count. Imaging is the same in every arm, or the visit says why it is not: who is looked at more often "
        "is found to have relapsed earlier.\n",
        "## Visits\n",
        table(["visit", "arms", "kind", "counted from", "due", "window"], [_timing(each) for each in visits]),
        "## What they collect, and where they are from\n",
        *(_visit(each, trial) for each in visits),
        "## What a visit can be\n",
        "On every day each visit is one of these. As long as nothing is recorded it only moves down the first four.\n",
        table(["status", "meaning"], [[f"**{status}**", plain(text)] for status, text in STATUSES.items()]),
        "## What ends visits\n",
        "Unless a visit says otherwise, the visits of a kind end with:\n",
        table(["kind", "ends with"], [[plain(KINDS[kind]), _ends(ends)] for kind, ends in ENDS.items()]),
        "## How far a withdrawal goes\n",
        "The person says from what they withdraw. What may still be done and recorded afterwards:\n",
        _scopes(),
    )


def _timing(visit: Visit) -> list[str]:
    due = str(visit.targets[0])
    if visit.every is not None:
        due = f"{due}, then every {visit.every} to {visit.targets[-1]}"
    window = margin_words(visit) or "the day itself"
    if visit.extension is not None:
        window += f"; {extended_words(visit.extension, visit.counted_from)}"
    arms = ", ".join(visit.arms) or "all"
    return [code(visit.id), plain(arms), plain(KINDS[visit.kind]), plain(visit.counted_from), plain(due), plain(window)]


def _visit(visit: Visit, trial: Protocol) -> str:
    extension = visit.extension
    return page(
        f"### {plain(visit.label)} {{#{visit.id}}}\n",
        f"Collects {plain(collects_words(visit, trial))}.\n" if visit.collects else "",
        "A study procedure: never dated before consent.\n" if visit.procedure else "",
        f"It may last {plain(extended_words(extension, visit.counted_from))}. {plain(extension.note)}\n"
        if extension is not None
        else "",
        f"What is still open of it ends with {plain(visit.gives_way_to)}.\n" if visit.gives_way_to else "",
        f"Ends with {_ends(visit.ends_with)}.\n" if visit.ends_with != ENDS[visit.kind] else "",
        f"Not the same in all arms: {plain(visit.differs)}\n" if visit.differs else "",
        plain(visit.note),
        f"*Source:* {plain(sentence(source_words(visit, trial)))}\n",
    )


def _ends(ends: frozenset[str]) -> str:
    return listed([end.replace("_", " ") for end in sorted(ends)])


def _scopes() -> str:
    rows = [
        [plain(text), *("yes" if PERMITS[scope, what] else "**no**" for scope in SCOPES)] for what, text in WHAT.items()
    ]
    return page(
        table(["withdrawal", "meaning"], [[f"**{scope}**", plain(text)] for scope, text in SCOPES.items()]),
        table(["still permitted", *SCOPES], rows),
    )
