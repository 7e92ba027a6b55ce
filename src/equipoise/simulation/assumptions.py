"""assumptions.toml, table [people] -> the frozen plans of plans.py, checked against the vocabulary.

The format is told in the head of a trial's assumptions.toml.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ..concepts import NO, YES, Concept, Vocabulary
from ..dates import read_span
from ..faults import Mistake, Mistakes
from ..protocol.load import trial_folder
from ..quantities import factor, read_unit
from .plans import (
    ALL,
    Always,
    By,
    DatePlan,
    FactPlan,
    FieldPlan,
    Guest,
    PeopleAssumptions,
    Plan,
    Report,
    Same,
    Shape,
    Spread,
    Weighed,
)  # fmt: skip

FILE: Final = "assumptions.toml"
STATUSES: Final = ("final", "preliminary", "entered-in-error", "corrected")


def load_assumptions(name: str | Path, vocabulary: Vocabulary) -> PeopleAssumptions:
    """The assumptions of a shipped trial or of a folder. Raises Fault, with every mistake of the file at once."""
    path = trial_folder(name).joinpath(FILE)
    if not path.is_file():
        raise Mistakes([Mistake(FILE, 0, 0, f"the trial {name} has no {FILE}, which says what its people are like")])
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Mistakes([Mistake(FILE, 0, 0, f"this is not TOML: {error}")]) from None
    return read_assumptions(table, vocabulary)


def read_assumptions(table: Mapping[str, Any], vocabulary: Vocabulary) -> PeopleAssumptions:
    """The assumptions that a parsed assumptions.toml (numbers as Decimal) declares. Raises Mistakes."""
    reader = _Reader(vocabulary)
    try:
        found = reader.people(table.get("people"))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        reader.wrong("[people]", f"an entry has a form that cannot be read ({error!r})")
        found = None
    if reader.mistakes or found is None:
        raise Mistakes(reader.mistakes)
    return found


_PEOPLE_KEYS = {
    "prefix", "identifier_system", "trait", "model", "date", "fact", "guest", "spellings", "slips", "shares",
}  # fmt: skip
_FACT_KEYS = {
    "concept", "when", "share", "date", "until", "fields", "none", "level_sd", "status", "besides", "was",
    "source", "ours",
}  # fmt: skip
_PLAN_KEYS = {"is", "of", "weights", "by", "per", "other", "uniform", "normal", "lognormal", "least", "most"}
_REPORT_KEYS = {"unit", "units", "decimals", "limits", "limits_share", "floor", "bounds", "interval_share", "codes"}
_DATE_KEYS = {"before", "after", "days", "years", "is", "partial", "source", "ours"}
_NOTES = {"source", "ours", "note"}


class _Reader:
    """Walks the table; every mistake is noted with its place, none stops the reading."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.mistakes: list[Mistake] = []
        self.traits: dict[str, Plan] = {}
        self.dates: dict[str, DatePlan] = {}
        self.shares: dict[str, Plan] = {}

    def wrong(self, where: str, message: str) -> None:
        self.mistakes.append(Mistake(FILE, 0, 0, f"{where}: {message}"))

    def keys(self, table: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in table.keys() - known - {"note"}:
            self.wrong(where, f'"{key}" is not known here (one of {", ".join(sorted(known))})')

    def sourced(self, table: Mapping[str, Any], where: str) -> None:
        if not table.get("source") and table.get("ours") is not True:
            self.wrong(where, "needs a source, or ours = true for an assumption of ours")

    def people(self, table: Any) -> PeopleAssumptions | None:
        if not isinstance(table, Mapping):
            self.wrong("[people]", "this file has no table [people]")
            return None
        self.keys(table, _PEOPLE_KEYS, "[people]")
        for name, entry in table.get("trait", {}).items():
            self.sourced(entry, f"trait {name}")
            self.keys(entry, _PLAN_KEYS | _NOTES, f"trait {name}")
            self.traits[name] = self.plan(entry, f"trait {name}") or Always("")
        model = {name: str(answer) for name, answer in table.get("model", {}).items()}
        self.check_traits(model, "[people.model]")
        for name, entry in table.get("date", {}).items():
            self.sourced(entry, f"date {name}")
            self.dates[name] = self.date(entry, f"date {name}")
        for name, entry in table.get("shares", {}).items():
            if name != "note":
                self.shares[name] = self.plan(entry, f"share {name}") or ALL
        facts = tuple(self.fact(entry, "fact", True) for entry in table.get("fact", []))
        guests = tuple(self.guest(entry) for entry in table.get("guest", []))
        spellings, slips = (
            {name: entry for name, entry in table.get(part, {}).items() if name not in _NOTES}
            for part in ("spellings", "slips")
        )
        return PeopleAssumptions(
            str(table.get("prefix", "SYN")), str(table.get("identifier_system", "urn:equipoise:synthetic")),
            MappingProxyType(self.traits), MappingProxyType(model), MappingProxyType(self.dates), facts, guests,
            MappingProxyType({unit: self.spelling(unit, entry) for unit, entry in spellings.items()}),
            MappingProxyType({name: Decimal(share) for name, share in slips.items()}),
        )  # fmt: skip

    def check_traits(self, answers: Mapping[str, str], where: str) -> None:
        for name, answer in answers.items():
            if name not in self.traits:
                self.wrong(where, f'"{name}" is not a trait')
            elif answer not in _answers(self.traits[name], self.traits):
                self.wrong(where, f'"{answer}" is not an answer of the trait {name}')

    def spelling(self, unit: str, entry: Mapping[str, Any]) -> Weighed:
        for written in entry:
            if read_unit(written) != unit:
                self.wrong("[people.spellings]", f'"{written}" is not read as {unit}')
        return Weighed(tuple((str(name), Decimal(weight)) for name, weight in entry.items()))

    # -------------------------------------------------------------- plans
    def plan(self, entry: Any, where: str) -> Plan | None:
        """The plan of a value: a text or number (always that), [low, high], or a table of one of the forms; or None."""
        if isinstance(entry, bool):
            return Always(YES if entry else NO)
        if isinstance(entry, (str, int, Decimal, date)):
            return Always(str(entry))
        if isinstance(entry, list):
            return self.spread("uniform", entry, {}, where)
        if "is" in entry:
            return self.plan(entry["is"], where)
        if "of" in entry:
            self.check_name(str(entry["of"]), where)
            return Same(str(entry["of"]))
        if "weights" in entry:
            return Weighed(tuple((name, Decimal(weight)) for name, weight in entry["weights"].items()))
        if "by" in entry:
            return self.by(entry, where)
        for shape in ("uniform", "normal", "lognormal"):
            if shape in entry:
                return self.spread(shape, entry[shape], entry, where)
        return None

    def check_name(self, name: str, where: str) -> None:
        if name not in self.traits:
            self.wrong(where, f'"{name}" is not a trait that stands above')

    def by(self, entry: Mapping[str, Any], where: str) -> Plan:
        name = str(entry["by"])
        self.check_name(name, where)
        per = {answer: self.plan(part, where) or Always("") for answer, part in entry.get("per", {}).items()}
        other = self.plan(entry["other"], where) if "other" in entry else None
        known = _answers(self.traits[name], self.traits) if name in self.traits else set(per)
        for answer in per.keys() - known:
            self.wrong(where, f'"{answer}" is not an answer of the trait {name}')
        if other is None and known - per.keys():
            self.wrong(where, f"says nothing for {', '.join(sorted(known - per.keys()))} of the trait {name}")
        return By(name, MappingProxyType(per), other)

    def spread(self, shape: Shape, pair: Any, entry: Mapping[str, Any], where: str) -> Plan:
        if not isinstance(pair, list) or len(pair) != 2:
            self.wrong(where, f"{shape} needs two numbers")
            return Always("0")
        least, most = (None if entry.get(key) is None else Decimal(entry[key]) for key in ("least", "most"))
        return Spread(shape, Decimal(pair[0]), Decimal(pair[1]), least, most)

    def share(self, entry: Any, where: str) -> Plan:
        """A probability: a number, a plan of one, or the name of one of [people.shares]."""
        if isinstance(entry, str):
            if entry not in self.shares:
                self.wrong(where, f'"{entry}" is not one of [people.shares]')
            return self.shares.get(entry, ALL)
        return ALL if entry is None else self.plan(entry, where) or ALL

    # -------------------------------------------------------------- dates
    def date(self, entry: Any, where: str) -> DatePlan:
        if isinstance(entry, (str, date)):
            entry = {"is": entry}
        self.keys(entry, _DATE_KEYS, where)
        exactness = entry.get("partial", {})
        partial = self.plan(exactness if exactness.keys() & {"of", "by"} else {"weights": exactness}, where)
        partial = partial if exactness else None
        if "is" in entry:
            if read_span(str(entry["is"])) is None:
                self.wrong(where, f'"{entry["is"]}" is neither a date that stands above nor a day, a month or a year')
            return DatePlan("", 0, Always(str(entry["is"])), False, partial)
        anchor = str(entry.get("before", entry.get("after", "")))
        if anchor != "today" and anchor not in self.dates:
            self.wrong(where, f'"{anchor}" is neither today nor a date that stands above')
        years = "years" in entry
        amount = self.plan(entry.get("years" if years else "days", 0), where) or Always("0")
        return DatePlan(anchor, -1 if "before" in entry else 1, amount, years, partial)

    def day(self, entry: Any, where: str) -> str | DatePlan:
        """A day of a fact: the name of a date, or a date of its own."""
        if isinstance(entry, str):
            if entry not in self.dates and entry not in ("today", "ongoing"):
                return self.date(entry, where)
            return entry
        return self.date(entry, where)

    # -------------------------------------------------------------- facts
    def fact(self, entry: Mapping[str, Any], where: str, base: bool) -> FactPlan:
        name = str(entry.get("concept", ""))
        where = f"{where} {name}"
        self.keys(entry, _FACT_KEYS | _PLAN_KEYS | _REPORT_KEYS, where)
        if base:
            self.sourced(entry, where)
        concept = self.vocabulary.get(name)
        if concept is None or concept.members or concept.formula:
            self.wrong(where, f'"{name}" is not a concept whose facts stand in records')
            concept = Concept(name, name, "text")
        when = {
            trait: frozenset([answers] if isinstance(answers, str) else answers)
            for trait, answers in entry.get("when", {}).items()
        }
        for trait, answers in when.items():
            for answer in answers:
                self.check_traits({trait: answer}, where)
        dates = entry.get("date", [])
        fields = {key: self.field(part, concept, key, where) for key, part in entry.get("fields", {}).items()}
        value = self.value(entry, concept, where)
        if concept.kind not in ("record", "date") and value.plan is None:
            self.wrong(where, "says no value")
        if entry.get("none") and concept.kind != "record":
            self.wrong(where, 'only a record can be stated as "none"')
        status = self.plan(entry.get("status", "final"), where) or Always("final")
        for each in _answers(status, self.traits) - set(STATUSES):
            self.wrong(where, f'"{each}" is not a status ({", ".join(STATUSES)})')
        return FactPlan(
            name, value, MappingProxyType(when), self.share(entry.get("share"), where),
            tuple(self.day(each, where) for each in (dates if isinstance(dates, list) else [dates])),
            self.day(entry["until"], where) if "until" in entry else "", MappingProxyType(fields),
            bool(entry.get("none", False)), Decimal(entry.get("level_sd", 0)),
            status, bool(entry.get("besides", False)),
            replace(value, plan=self.plan(entry["was"], where)) if "was" in entry else None,
        )  # fmt: skip

    def field(self, entry: Any, concept: Concept, name: str, where: str) -> FieldPlan:
        where = f"{where}.{name}"
        if name not in concept.fields:
            self.wrong(where, f'"{name}" is not a field of {concept.name}')
            return FieldPlan(None)
        if not isinstance(entry, Mapping):
            entry = {"is": entry}
        self.keys(entry, {"share"} | _PLAN_KEYS | _REPORT_KEYS, where)
        return replace(self.value(entry, concept.fields[name], where), share=self.share(entry.get("share"), where))

    def value(self, entry: Mapping[str, Any], concept: Concept, where: str) -> FieldPlan:
        plan = self.plan(entry, where)
        if plan is not None and concept.kind in ("choice", "yes_no"):
            for answer in _answers(plan, self.traits):
                for part in answer.split("+"):
                    if part.strip() not in concept.answers:
                        self.wrong(where, f'"{part.strip()}" is not an answer of {concept.name}')
        return FieldPlan(plan, ALL, self.report(entry, concept, where) if concept.kind == "quantity" else None)

    def report(self, entry: Mapping[str, Any], concept: Concept, where: str) -> Report:
        unit = str(entry.get("unit", concept.unit))
        units = self.plan({"weights": entry["units"]}, where) if "units" in entry else Always(unit)
        reported = _answers(units or Always(unit), self.traits)
        for each in {unit, *reported}:
            if "unit" not in entry and factor(each, concept.unit, concept.molar_mass) is None:
                self.wrong(where, f'"{each}" is not a unit of {concept.name}')
        decimals = entry.get("decimals", 0)
        places = dict.fromkeys(reported, decimals) if isinstance(decimals, int) else dict(decimals)
        for each in reported - places.keys():
            self.wrong(where, f"says no decimals for {each}")
        limits = {each: (_number(pair[0]), _number(pair[1])) for each, pair in entry.get("limits", {}).items()}
        return Report(
            unit, units or Always(unit), places, limits, self.share(entry.get("limits_share"), where),
            _number(entry.get("floor", "")), tuple(Decimal(bound) for bound in entry.get("bounds", [])),
            self.plan(entry.get("interval_share", 0), where) or Always("0"), dict(entry.get("codes", {})),
        )  # fmt: skip

    # -------------------------------------------------------------- guests
    def guest(self, entry: Mapping[str, Any]) -> Guest:
        where = f"guest {entry.get('name', '')}"
        self.keys(entry, {"name", "why", "traits", "dates", "fact", "without", "identifiers"}, where)
        for key in ("name", "why"):
            if not entry.get(key):
                self.wrong(where, f"needs a {key}")
        traits = {name: str(answer) for name, answer in entry.get("traits", {}).items()}
        self.check_traits(traits, where)
        for name in entry.get("dates", {}).keys() - self.dates.keys():
            self.wrong(where, f'"{name}" is not a date')
        for name in entry.get("without", []):
            if name not in self.vocabulary:
                self.wrong(where, f'"{name}" is not a concept')
        dates = {name: self.date(part, f"{where}, date {name}") for name, part in entry.get("dates", {}).items()}
        return Guest(
            str(entry.get("name", "")), str(entry.get("why", "")), MappingProxyType(traits), MappingProxyType(dates),
            tuple(self.fact(part, f"{where}, fact", False) for part in entry.get("fact", [])),
            frozenset(entry.get("without", ())), tuple(entry.get("identifiers", ())),
        )  # fmt: skip


def _number(value: Any) -> Decimal | None:
    """A limit; "" where there is none."""
    return None if value == "" else Decimal(value)


def _answers(plan: Plan, traits: Mapping[str, Plan]) -> set[str]:
    """Every answer that a plan can give."""
    match plan:
        case Always(text):
            return {text}
        case Weighed(weights):
            return {name for name, _ in weights}
        case Same(trait):
            return _answers(traits[trait], traits) if trait in traits else set()
        case By(_, per, other):
            parts: Sequence[Plan] = [*per.values(), *([other] if other is not None else [])]
            return {answer for part in parts for answer in _answers(part, traits)}
        case Spread():
            return set()
