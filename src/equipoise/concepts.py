"""The words that a protocol's rules may use: what each means, how it is answered, and who can answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from .dates import Duration

Kind = Literal["quantity", "choice", "yes_no", "date", "record", "text"]
Who = Literal["record", "site", "person", "investigator"]
Absence = Literal["unknown", "no"]

YES, NO = "yes", "no"


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Concept:
    """One word of the rules. A record's fields are concepts too, without fields of their own.

    name: as rules and column heads write it. label: as people read it, in lower case within a sentence.
    unit: the unit of the sheet (a code of quantities.UNITS); further units convert. molar_mass in g/mol, exact.
    plausible: lowest and highest number, in `unit`, that a living person can have; outside it a value is doubted.
    answers: name -> label, for a choice. unclear: answers that say "nobody can tell" (RX, unclear).
    planned: its day may lie ahead although it is known already (an appointment).
    holds: for how long a statement of "none" stands; None: until something newer is on record.
    own_limits: a laboratory value that is judged by its own reference range, so that sheets ask for it too.
    lasts: a record that begins and ends on different days (a treatment).
    several: a choice that may hold several answers at once. once: happens once, so one fact says all.
    absence: what no fact at all means; "no" only for what the trial itself would have recorded.
    complete_when_any: one report on file is taken to mean that all are (an assumption that each verdict lists).
    members: other concepts whose facts are facts of this one (prothrombin time, INR and Quick: one question);
    read_as maps a member's answers to this concept's (a positive pregnancy test is "yes").
    formula: a name of rules.formulas, for a derived quantity; inputs: argument -> concept that it is computed from.
    conduct: recorded by the trial itself after somebody has entered, so no sheet of candidates asks for it.
    ours: not from the protocol's text but a default of ours.
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    molar_mass: Fraction | None = None
    plausible: tuple[Decimal, Decimal] | None = None
    whole: bool = False
    own_limits: bool = False
    answers: Mapping[str, str] = field(default_factory=_nothing)
    unclear: frozenset[str] = frozenset()
    several: bool = False
    fields: Mapping[str, "Concept"] = field(default_factory=_nothing)
    lasts: bool = False
    who: Who = "record"
    absence: Absence = "unknown"
    once: bool = False
    complete_when_any: bool = False
    planned: bool = False
    holds: Duration | None = None
    members: tuple[str, ...] = ()
    read_as: Mapping[str, str] = field(default_factory=_nothing)
    formula: str = ""
    inputs: Mapping[str, str] = field(default_factory=_nothing)
    source: str = ""
    note: str = ""
    conduct: bool = False
    ours: bool = False

    def answer_label(self, answer: str) -> str:
        return self.answers.get(answer, answer)


Vocabulary = Mapping[str, Concept]
