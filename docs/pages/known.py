"""What else is publicly known of the trial, each with its source; defaults of ours say so."""

from equipoise.protocol.model import Protocol, Section
from equipoise.report.trial import origin

from .markdown import page, plain, table


def known(trial: Protocol) -> str:
    return page(
        f"# {trial.acronym}: what is publicly known\n",
        "The [criteria](nelmas-criteria.md) rest on the registry's text alone. Here is what else is publicly known of "
        "the trial, each entry with its source and a note on how sure it is. Of what was never published, the entry "
        "says so; where something is needed all the same, it is a default of ours and labelled "
        f"*not from {trial.acronym}*.\n",
        *(_section(each, trial) for each in trial.sections),
    )


def _section(section: Section, trial: Protocol) -> str:
    rows = []
    for entry in section.entries:
        note = f"<br>*{plain(entry.note)}*" if entry.note else ""
        source = plain(origin(entry, trial).removeprefix("source: "))
        rows.append([f"**{plain(entry.label)}**", plain(entry.value) + note, f"**{source}**" if entry.ours else source])
    return page(f"## {plain(section.heading)}\n", table(["", "what is known", "source"], rows))
