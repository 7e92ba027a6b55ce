"""randomisation.toml -> how people are allocated to arms: method, ratio, strata by rule, block sizes, weights.

Each setting is a table with `is`, and `source`, or ours = true for what the trial never published; `note` says more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, Final

from ..rules.grammar import Language
from ..rules.nodes import Rule
from .file import File, items_under, rule_under, table_under
from .places import Path

SITE: Final = "site"
JOINT: Final = "|"  # between the levels of a stratum, and between the parts of what the stream of draws is keyed by
METHODS: Final = ("blocks", "minimisation", "simple")
MEASURES: Final = ("range", "variance")
_FINEST: Final = 10_000  # the largest denominator of a probability or weight


@dataclass(frozen=True, slots=True)
class Scheme:
    """All that a list of allocations is made from, but the seed; "" as method: the trial allocates nobody.

    prefix: the trial's acronym, by which the commitment and the stream of draws are told from other trials'.
    arms: ids, in the order of the letters A, B, ... ratio: people per arm, in that order.
    factors: (id, ids of its levels) each, in the order in which they name a stratum. by_site: the site is the first.
    block_sizes: each as likely (blocks). weights: one per factor, the site's first (minimisation).
    probability: with which the arm that balances best is given (minimisation).
    """

    prefix: str = ""
    method: str = ""
    arms: tuple[str, ...] = ()
    ratio: tuple[int, ...] = ()
    factors: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by_site: bool = False
    block_sizes: tuple[int, ...] = ()
    weights: tuple[Fraction, ...] = ()
    measure: str = ""
    probability: Fraction = Fraction(0)

    @property
    def letters(self) -> str:
        """A letter for each arm: "AB"."""
        return "ABCDEFGHIJ"[: len(self.arms)]

    def strata(self) -> tuple[str, ...]:
        """The names of all strata within a site, by the factors: "G1|R0", "G1|R1", ..."""
        return tuple(JOINT.join(levels) for levels in product(*(levels for _, levels in self.factors)))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a stratification factor: whoever fulfils the rule belongs to it."""

    id: str
    label: str
    text: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Factor:
    """One stratification factor: a person belongs to exactly one of its levels, or cannot be randomised yet."""

    id: str
    label: str
    levels: tuple[Level, ...]
    source: str = ""
    ours: bool = False
    note: str = ""

    def level(self, identifier: str) -> Level:
        """The level of that id. Raises KeyError."""
        for level in self.levels:
            if level.id == identifier:
                return level
        raise KeyError(identifier)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people read it, and where it is from; `ours`: the trial never published it."""

    key: str
    label: str
    text: str
    source: str = ""
    ours: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The plan by which people are allocated: what the list is made from, and the factors with their rules."""

    scheme: Scheme = field(default_factory=Scheme)
    factors: tuple[Factor, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def planned(self) -> bool:
        """Does the trial allocate people at all?"""
        return bool(self.scheme.method)

    @property
    def prefix(self) -> str:
        return self.scheme.prefix

    @property
    def arms(self) -> tuple[str, ...]:
        return self.scheme.arms

    def factor(self, identifier: str) -> Factor:
        """The factor of that id. Raises KeyError."""
        for factor in self.factors:
            if factor.id == identifier:
                return factor
        raise KeyError(identifier)


# ---------------------------------------------------------------- the settings of a file
# key -> (how people call it, what it has to be); the order in which they are told.
_SETTINGS: Final[dict[str, tuple[str, str]]] = {
    "method": ("method", f'one of {", ".join(METHODS)}'),
    "ratio": ("ratio of the arms", "one whole number for each arm, such as [1, 1]"),
    "by_site": ("site is a stratification factor", "true or false"),
    "block_sizes": ("block sizes", "a list of different whole numbers, each a multiple of the ratio's sum"),
    "measure": ("measure of imbalance", f'one of {", ".join(MEASURES)}'),
    "weights": ("weights of the factors", "a table with a positive number for each factor (for site, where it is one)"),
    "probability": ("probability of the arm that balances best", 'a share such as "0.8", more than by chance alone'),
}  # fmt: skip
_OF_METHOD: Final = {
    "blocks": ("ratio", "by_site", "block_sizes"),
    "minimisation": ("ratio", "by_site", "measure", "weights", "probability"),
    "simple": ("ratio",),
}
_TOP: Final = {"prefix", "factor", *_SETTINGS}
_SETTING_KEYS: Final = {"is", "source", "ours", "note"}
_FACTOR_KEYS: Final = {"id", "label", "level", "source", "ours", "note"}
_LEVEL_KEYS: Final = {"id", "label", "when"}


def read_allocation(file: File, language: Language, arms: tuple[str, ...]) -> Allocation:
    """The plan that the file declares; every mistake goes to the file, none stops the reading."""
    if not file.table:
        return Allocation()
    _refuse_strange(file, (), file.table, _TOP, "the randomisation")
    factors = _factors(file, language)
    method = _is(file, "method", lambda value: value if value in METHODS else None)
    scheme = Scheme(prefix=_prefix(file), method=method or "", arms=arms, factors=_levels(factors))
    if not 2 <= len(arms) <= 10:
        file.report((), f"people can be allocated to 2 to 10 arms; protocol.toml has {len(arms)}")
    if method is not None:
        scheme = _with_settings(file, scheme, len(arms))
    return Allocation(scheme, factors, _told(file))


def _with_settings(file: File, scheme: Scheme, arms: int) -> Scheme:
    """The scheme with the settings of its method, and a mistake for each setting of another method."""
    mine = _OF_METHOD[scheme.method]
    for key in _SETTINGS.keys() - {"method", *mine}:
        if key in file.table:
            file.report((key,), f"{key} has no meaning for {scheme.method}: leave it out")
    ratio = _is(file, "ratio", lambda value: _whole_numbers(value, arms)) or ()
    by_site = bool(_is(file, "by_site", lambda value: value if isinstance(value, bool) else None, "by_site" in mine))
    factors = ((SITE,) if by_site else ()) + tuple(name for name, _ in scheme.factors)
    blocks = scheme.method == "blocks"
    sizes = _is(file, "block_sizes", lambda value: _block_sizes(value, sum(ratio)), blocks) or ()
    least = Fraction(1, max(1, arms))
    minimised = scheme.method == "minimisation"
    if minimised and len(set(ratio)) > 1:
        file.report(("ratio",), "minimisation needs equal arms: write the ratio as ones, or allocate by blocks")
    if minimised and not factors:
        file.report((), "minimisation needs at least one [[factor]], or by_site")
    return Scheme(
        scheme.prefix, scheme.method, scheme.arms, ratio, scheme.factors, by_site, sizes,
        weights=_is(file, "weights", lambda value: _weights(value, factors), minimised) or (),
        measure=_is(file, "measure", lambda value: value if value in MEASURES else None, minimised) or "",
        probability=_is(file, "probability", lambda value: _share(value, least), minimised) or Fraction(0),
    )  # fmt: skip


def _is(file: File, key: str, read: Callable[[Any], Any], needed: bool = True) -> Any:
    """What the setting is; None, and a mistake in its place, when it is missing or not what it has to be."""
    if not needed:
        return None
    table = table_under(file, key)
    label, wanted = _SETTINGS[key]
    if "is" not in table:
        file.report((key,), f"[{key}] needs `is`, the {label}: {wanted}")
        return None
    _refuse_strange(file, (key,), table, _SETTING_KEYS, f"[{key}]")
    if not str(table.get("source", "")).strip() and table.get("ours") is not True:
        file.report((key,), f"[{key}] needs a source, or ours = true for a default of ours")
    found = read(table["is"])
    if found is None:
        file.report((key, "is"), f"{table['is']!r} is not the {label}: {wanted}")
    return found


def _whole_numbers(value: Any, number: int) -> tuple[int, ...] | None:
    whole = isinstance(value, list) and all(type(each) is int and 0 < each <= 1000 for each in value)
    return tuple(value) if whole and len(value) == number else None


def _block_sizes(value: Any, people: int) -> tuple[int, ...] | None:
    sizes = _whole_numbers(value, len(value)) if isinstance(value, list) else None
    fits = sizes and len(set(sizes)) == len(sizes) and all(size % max(1, people) == 0 for size in sizes)
    return sizes if fits else None


def _weights(value: Any, factors: tuple[str, ...]) -> tuple[Fraction, ...] | None:
    if not isinstance(value, Mapping) or set(value) != set(factors):
        return None
    weights = [_fraction(value[name]) for name in factors]
    return None if None in weights else tuple(each for each in weights if each is not None)


def _share(value: Any, least: Fraction) -> Fraction | None:
    share = _fraction(value)
    return share if share is not None and least < share <= 1 else None


def _fraction(value: Any) -> Fraction | None:
    """The positive number exactly as it is written: 0.8 is 4/5."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None
    return number if number > 0 and number.denominator <= _FINEST else None


def _prefix(file: File) -> str:
    prefix = file.table.get("prefix")
    if isinstance(prefix, str) and prefix.isascii() and prefix.isprintable() and prefix.strip() and JOINT not in prefix:
        return prefix
    file.report(("prefix",), "the randomisation needs a prefix, the trial's acronym in plain letters")
    return ""


def _told(file: File) -> tuple[Setting, ...]:
    """The settings as people read them."""
    tables = {key: table_under(file, key) for key in _SETTINGS if key in file.table}
    return tuple(
        Setting(key, _SETTINGS[key][0], _text(key, table.get("is")), *_origin(table)) for key, table in tables.items()
    )


def _text(key: str, value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return (":" if key == "ratio" else ", ").join(str(each) for each in value)
        case Mapping():
            return ", ".join(f"{name} {each}" for name, each in value.items())
        case _:
            return str(value)


def _origin(table: Mapping[str, Any]) -> tuple[str, bool, str]:
    return str(table.get("source", "")), table.get("ours") is True, str(table.get("note", ""))


# ---------------------------------------------------------------- the factors of a file
def _factors(file: File, language: Language) -> tuple[Factor, ...]:
    found: list[Factor] = []
    for index, item in enumerate(items_under(file, "factor")):
        path = ("factor", str(index))
        _refuse_strange(file, path, item, _FACTOR_KEYS, "a factor")
        identifier = _identifier(file, path, item, [SITE, *(factor.id for factor in found)])
        if not str(item.get("source", "")).strip() and item.get("ours") is not True:
            file.report(path, f"{identifier} needs a source, or ours = true for a default of ours")
        levels = _levels_of(file, path, identifier, item, language)
        found.append(Factor(identifier, str(item.get("label", identifier)), levels, *_origin(item)))
    return tuple(found)


def _levels_of(
    file: File, path: Path, factor: str, item: Mapping[str, Any], language: Language
) -> tuple[Level, ...]:  # fmt: skip
    listed = item.get("level", [])
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed) or len(listed) < 2:
        file.report(path, f"{factor} needs at least two levels, each a table of its own: [[factor.level]]")
        return ()
    found: list[Level] = []
    for index, each in enumerate(listed):
        where = (*path, "level", str(index))
        _refuse_strange(file, where, each, _LEVEL_KEYS, "a level")
        identifier = _identifier(file, where, each, [level.id for level in found])
        rule = rule_under(file, where, identifier, each, language)
        if rule is not None:
            found.append(Level(identifier, str(each.get("label", identifier)), str(each["when"]).strip(), rule))
    return tuple(found)


def _identifier(file: File, path: Path, item: Mapping[str, Any], taken: list[str]) -> str:
    identifier = item.get("id")
    if not isinstance(identifier, str) or not identifier.strip() or not identifier.isprintable():
        file.report(path, f"{path[-2]} {int(path[-1]) + 1} needs an id")
        return f"{path[-2]} {int(path[-1]) + 1}"
    if JOINT in identifier or identifier in taken:
        file.report((*path, "id"), f'"{identifier}" cannot be used here: give another id, without "{JOINT}"')
    return identifier


def _levels(factors: tuple[Factor, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((factor.id, tuple(level.id for level in factor.levels)) for factor in factors)


def _refuse_strange(file: File, path: Path, table: Mapping[str, Any], known: set[str], what: str) -> None:
    for key in table.keys() - known:
        file.report((*path, key), f'"{key}" is not a property of {what} ({", ".join(sorted(known))})')
