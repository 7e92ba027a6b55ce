"""[conduct] of protocol.toml -> which concepts the trial's own acts are recorded by, so that no code names them."""

from dataclasses import dataclass, fields
from typing import Final

from ..rules.grammar import Language
from .file import File, table_under

_KINDS: Final = {
    "consent": "record", "study_procedure": "date", "randomisation": "date", "death": "date", "recurrence": "record",
    "adverse_event": "record", "assessment": "record", "index": "record", "next_treatment": "record",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conduct:
    """The names of the concepts by which the trial records its acts; "" where the trial has no such concept.

    consent: with the version of its form. study_procedure: the first of them. index: the event that the trial follows
    (the resection). assessment: a look for the disease. next_treatment: what is given after a recurrence.
    """

    consent: str = ""
    study_procedure: str = ""
    randomisation: str = ""
    death: str = ""
    recurrence: str = ""
    adverse_event: str = ""
    assessment: str = ""
    index: str = ""
    next_treatment: str = ""


def read_conduct(file: File, language: Language) -> Conduct:
    """The names that the table declares; every mistake goes to the file, none stops the reading."""
    table = table_under(file, "conduct")
    names = [each.name for each in fields(Conduct)]
    for key in table.keys() - set(names):
        file.report(("conduct", key), f'"{key}" is not an act of a trial ({", ".join(names)})')
    found: dict[str, str] = {}
    for name in names:
        if name not in table:
            continue
        concept = language.vocabulary.get(str(table[name]))
        if concept is None or concept.kind != _KINDS[name]:
            file.report(("conduct", name), f'"{table[name]}" is not a {_KINDS[name]} of concepts.toml')
        else:
            found[name] = concept.name
    return Conduct(**found)
