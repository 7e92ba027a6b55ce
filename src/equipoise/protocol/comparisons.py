"""[population], [[analysis]], [[subgroup]], [[baseline]] and [[look]] of analysis.toml: who is compared, and how."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from ..dates import Duration
from ..quantities import read_decimal
from ..rules.grammar import Language, RuleError, parse_look
from ..rules.nodes import Look, Rule
from .allocation import Level
from .file import File, items_under, rule_under, table_under
from .origins import NOWHERE, ORIGIN_KEYS, Origin, check_origin, origin_of, refuse_strange
from .places import Path
from .words import read_duration

Purpose = Literal["primary", "secondary", "sensitivity", "exploratory"]
Method = Literal[
    "kaplan_meier",
    "logrank",
    "cox",
    "proportional_hazards",
    "fixed_time",
    "rmst",
    "cumulative_incidence",
    "gray",
    "interval_censored",
]
Strata = Literal["as_randomised", "none"]
Spending = Literal["obrien_fleming", "pocock", "none"]
# What each method gives, as people read it.
METHODS: Final[Mapping[Method, str]] = {
    "kaplan_meier": "Kaplan-Meier curves, with medians and the shares without an event at fixed times",
    "logrank": "log-rank test",
    "cox": "hazard ratio by a Cox model (ties by Efron)",
    "proportional_hazards": "check of proportional hazards",
    "fixed_time": "difference of the shares without an event at one time",
    "rmst": "difference of the restricted mean survival times",
    "cumulative_incidence": "cumulative incidence with competing risks (Aalen-Johansen)",
    "gray": "Gray's test",
    "interval_censored": "hazard ratio of a Weibull model for interval-censored times",
}
_AT_A_TIME: Final = ("fixed_time", "rmst")
_WEIGHTS: Final = "two numbers from 0 to 5, rho and gamma of Fleming and Harrington: weights = [0, 1]"


@dataclass(frozen=True, slots=True)
class Population:
    """Who of those randomised is analysed: everybody, or whoever a rule holds for; always by the arm allocated.

    text, rule: asked as of the cut; None where everybody counts. arms: whose people the rule is asked of; () is every
    arm, people of another arm belong to it. without_deviations: leaves out who has a deviation of this severity
    ("important"), by the list of people that is handed in; "" leaves nobody out.
    """

    id: str
    label: str
    text: str = ""
    rule: Rule | None = None
    arms: tuple[str, ...] = ()
    without_deviations: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Analysis:
    """One comparison of the arms: an endpoint, of a population, by methods.

    strata: are tests and models stratified by the levels as randomised? at: the time of methods that look at one (36
    months). weights: rho and gamma of a weighted log-rank test; (0, 0) is the plain one.
    """

    id: str
    label: str
    purpose: Purpose
    endpoint: str
    population: str
    methods: tuple[Method, ...]
    strata: Strata = "as_randomised"
    at: Duration | None = None
    weights: tuple[float, float] = (0.0, 0.0)
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One line of parts of a forest plot: people by the levels of what they were at randomisation."""

    id: str
    label: str
    levels: tuple[Level, ...]
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Baseline:
    """One variable of the baseline table, as it was on the day of the randomisation.

    look: where its value stands; None for the age, in completed years.
    """

    id: str
    label: str
    text: str
    look: Look | None
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class PlannedLook:
    """One look at the data: when it is taken, and what may be concluded.

    analysis: the one that it repeats. information: the share of the events of the last look, 1 for that itself.
    events: how many; None where time decides. after: how long after the last randomisation. spending: how the error is
    spent. The trial's interim looks come before its final one.
    """

    id: str
    label: str
    analysis: str
    information: Decimal
    events: int | None = None
    after: Duration | None = None
    spending: Spending = "none"
    futility: bool = False
    origin: Origin = NOWHERE


# ---------------------------------------------------------------- populations
def read_populations(file: File, language: Language, arms: tuple[str, ...]) -> tuple[Population, ...]:
    """Every population of the file; a mistake goes to the file, none stops the reading."""
    keys = {"label", "when", "arms", "without_deviations", *ORIGIN_KEYS}
    found: list[Population] = []
    for name, table in table_under(file, "population").items():
        path = ("population", name)
        if not isinstance(table, Mapping):
            file.report(path, f"write each population as a table of its own: [population.{name}]")
            continue
        _checked(file, path, table, keys, f"the population {name}")
        rule = rule_under(file, path, f"the population {name}", table, language) if "when" in table else None
        named = tuple(_texts(file, path, table, "arms"))
        for arm in set(named) - set(arms):
            file.report((*path, "arms"), f'"{arm}" is not an arm of protocol.toml ({", ".join(arms)})')
        severity = str(table.get("without_deviations", ""))
        if severity not in ("", "important", "minor"):
            file.report((*path, "without_deviations"), f"without_deviations of {name} is important or minor")
        found.append(
            Population(name, _text(table, "label"), _text(table, "when"), rule, named, severity, origin_of(table))
        )
    return tuple(found)


# ---------------------------------------------------------------- analyses
def read_analyses(file: File, endpoints: frozenset[str], populations: frozenset[str]) -> tuple[Analysis, ...]:
    """Every analysis of the file; a mistake goes to the file, none stops the reading."""
    keys = {"id", "label", "purpose", "endpoint", "population", "methods", "strata", "at", "weights", *ORIGIN_KEYS}
    return tuple(
        _analysis(file, path, name, table, endpoints, populations)
        for path, name, table in _items(file, "analysis", keys)
    )


def _analysis(
    file: File, path: Path, name: str, table: Mapping[str, Any], endpoints: frozenset[str], populations: frozenset[str]
) -> Analysis:  # fmt: skip
    _one_of(file, path, table, "endpoint", name, endpoints)
    _one_of(file, path, table, "population", name, populations)
    purpose = _one_of(file, path, table, "purpose", name, get_args(Purpose))
    strata = _one_of(file, path, table, "strata", name, get_args(Strata)) if "strata" in table else "as_randomised"
    methods = tuple(_texts(file, path, table, "methods"))
    if not methods:
        file.report(path, f"{name} needs its methods, as a list: {', '.join(METHODS)}")
    for method in set(methods) - METHODS.keys():
        file.report((*path, "methods"), f'"{method}" is not a method ({", ".join(METHODS)})')
    return Analysis(
        name, _text(table, "label"), purpose, _text(table, "endpoint"), _text(table, "population"), methods,  # pyright: ignore[reportArgumentType]
        strata, _at(file, path, name, table, methods), _weights(file, path, name, table, methods), origin_of(table),  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def _at(file: File, path: Path, name: str, table: Mapping[str, Any], methods: tuple[str, ...]) -> Duration | None:
    at = read_duration(table["at"]) if "at" in table else None
    timed = [method for method in methods if method in _AT_A_TIME]
    if ("at" in table or timed) and (at is None or not at.count):
        file.report((*path, "at"), f'{name} needs at, the time that it looks at, such as "36 months"')
    return at


def _weights(
    file: File, path: Path, name: str, table: Mapping[str, Any], methods: tuple[str, ...]
) -> tuple[float, float]:  # fmt: skip
    stated = table.get("weights", [0, 0])
    whole = isinstance(stated, list) and len(stated) == 2
    if whole and all(type(each) in (int, float) and 0 <= each <= 5 for each in stated):
        if "weights" in table and "logrank" not in methods:
            file.report((*path, "weights"), f"{name} has no log-rank test that could be weighted")
        return float(stated[0]), float(stated[1])
    file.report((*path, "weights"), f"weights of {name} are {_WEIGHTS}")
    return 0.0, 0.0


# ---------------------------------------------------------------- subgroups and baseline
def read_subgroups(file: File, language: Language) -> tuple[Subgroup, ...]:
    """Every subgroup of the file, with its levels; a mistake goes to the file, none stops the reading."""
    found: list[Subgroup] = []
    for path, name, table in _items(file, "subgroup", {"id", "label", "level", *ORIGIN_KEYS}):
        listed = table.get("level", [])
        if not isinstance(listed, list) or len(listed) < 2 or not all(isinstance(each, Mapping) for each in listed):
            file.report(path, f"{name} needs at least two levels, each a table of its own: [[subgroup.level]]")
            continue
        levels = tuple(
            level
            for number, each in enumerate(listed)
            if (level := _level(file, (*path, "level", str(number)), name, each, language)) is not None
        )
        found.append(Subgroup(name, _text(table, "label"), levels, origin_of(table)))
    return tuple(found)


def _level(file: File, path: Path, name: str, table: Mapping[str, Any], language: Language) -> Level | None:
    refuse_strange(file, path, table, {"id", "label", "when"}, f"a level of {name}")
    identifier = _text(table, "id")
    if not identifier:
        file.report(path, f"a level of {name} needs an id")
    rule = rule_under(file, path, identifier, table, language)
    return None if rule is None else Level(identifier, _text(table, "label") or identifier, _text(table, "when"), rule)


def read_baseline(file: File, language: Language) -> tuple[Baseline, ...]:
    """Every variable of the baseline table; a mistake goes to the file, none stops the reading."""
    found: list[Baseline] = []
    for path, name, table in _items(file, "baseline", {"id", "label", "of", *ORIGIN_KEYS}):
        text = _text(table, "of")
        if text == "age" and "birth_date" in language.vocabulary:
            found.append(Baseline(name, _text(table, "label"), text, None, origin_of(table)))
            continue
        try:
            look = parse_look(text, language)
        except RuleError as error:
            file.report_in_text((*path, "of"), error) if "of" in table else file.report(
                path, f'{name} needs of, where its value stands: of = "highest pathology.grade"'
            )
            continue
        concept = language.vocabulary[look.concept]
        kind = concept.fields[look.field].kind if look.field else concept.kind
        if kind not in ("quantity", "choice", "yes_no"):
            file.report((*path, "of"), f'"{text}" is a {kind}: a table needs a number or an answer, such as a field')
            continue
        found.append(Baseline(name, _text(table, "label"), text, look, origin_of(table)))
    return tuple(found)


# ---------------------------------------------------------------- looks
def read_looks(file: File, analyses: frozenset[str]) -> tuple[PlannedLook, ...]:
    """Every look of the file, in order of information; a mistake goes to the file, none stops the reading."""
    keys = {"id", "label", "analysis", "information", "events", "after", "spending", "futility", *ORIGIN_KEYS}
    found: list[PlannedLook] = []
    for path, name, table in _items(file, "look", keys):
        _one_of(file, path, table, "analysis", name, analyses)
        if "spending" in table:
            _one_of(file, path, table, "spending", name, get_args(Spending))
        share = read_decimal(_text(table, "information"))
        if share is None or not 0 < share <= 1 or (found and share <= found[-1].information):
            file.report(path, f'{name} needs information, a share above that of the look before: information = "0.5"')
            share = Decimal(1)
        events, after = table.get("events"), read_duration(table["after"]) if "after" in table else None
        if (events is None) == (after is None) or (events is not None and (type(events) is not int or events < 1)):
            file.report(path, f'{name} needs events, how many, or after: "36 months" from the last randomisation')
        found.append(
            PlannedLook(
                name, _text(table, "label"), _text(table, "analysis"), share, events, after,
                table.get("spending", "none"), table.get("futility") is True, origin_of(table),
            )
        )  # fmt: skip
    return tuple(found)


# ---------------------------------------------------------------- what all have in common
def _items(file: File, key: str, keys: set[str]) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Each table of an array of tables with its path and id; its keys, id, label and origin are checked."""
    seen: set[str] = set()
    for index, table in enumerate(items_under(file, key)):
        path, name = (key, str(index)), _text(table, "id") or f"{key} {index + 1}"
        if not _text(table, "id"):
            file.report(path, f"{name} needs an id")
        if name in seen:
            file.report((*path, "id"), f"{name} stands here a second time")
        seen.add(name)
        _checked(file, path, table, keys, name)
        yield path, name, table


def _checked(file: File, path: Path, table: Mapping[str, Any], keys: set[str], name: str) -> None:
    refuse_strange(file, path, table, keys, name)
    check_origin(file, path, table, name)
    if not _text(table, "label"):
        file.report(path, f"{name} needs a label, the words by which people know it")


def _one_of(
    file: File, path: Path, table: Mapping[str, Any], key: str, name: str, among: frozenset[str] | tuple[str, ...]
) -> str:  # fmt: skip
    stated = _text(table, key)
    if stated not in among:
        where = (*path, key) if key in table else path
        file.report(where, f"{name} needs {key}: one of {', '.join(sorted(among)) or 'those that the file declares'}")
    return stated


def _texts(file: File, path: Path, table: Mapping[str, Any], key: str) -> list[str]:
    stated = table.get(key, [])
    if isinstance(stated, list) and all(isinstance(each, str) for each in stated):
        return stated
    file.report((*path, key), f"write {key} as a list of texts")
    return []


def _text(table: Mapping[str, Any], key: str) -> str:
    return str(table.get(key, "")).strip()
