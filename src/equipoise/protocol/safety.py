"""safety.toml -> the clocks of serious events, what is expected, when to stop for toxicity, and what may come late."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, get_args

from ..concepts import Concept
from ..quantities import read_decimal
from ..rules.grammar import Language
from .file import File, items_under, moment_named, rule_under, table_under
from .places import Path
from .safety_rules import LONGEST_TRIAL, Applies, Starts
from .safety_rules import Clock as Clock
from .safety_rules import EventWords as EventWords
from .safety_rules import Expected as Expected
from .safety_rules import Late as Late
from .safety_rules import Safety as Safety
from .safety_rules import Stopping as Stopping
from .words import read_duration

_COMMON: Final = {"id", "source", "note", "ours"}
_KEYS: Final = {
    "clock": _COMMON | {"label", "from", "applies", "to", "hours", "days"},
    "expected": _COMMON | {"terms", "grade", "fatal"},
    "stopping": _COMMON | {
        "label", "arm", "when", "moment", "within", "acceptable", "prior", "cutoff", "alpha", "first", "every", "most",
    },
    "late": _COMMON | {"label", "terms", "followed", "medians", "spread", "study"},
}  # fmt: skip
_FIELDS: Final = {
    "term": "choice", "grade": "quantity", "related": "yes_no", "serious": "yes_no", "outcome": "choice",
}  # fmt: skip


def read_safety(file: File, language: Language, arms: tuple[str, ...]) -> Safety:
    """What the file declares beside the gradings; every mistake goes to the file, none stops the reading."""
    event = _event_words(file, language)
    terms = frozenset[str]() if event is None else frozenset(_field(event.record, event.term, language).answers)
    return Safety(
        str(file.table.get("ctcae", "")),
        event,
        tuple(found for item in _items(file, "clock") if (found := _clock(file, *item))),
        tuple(found for item in _items(file, "expected") if (found := _expected(file, *item, terms))),
        tuple(found for item in _items(file, "stopping") if (found := _stopping(file, *item, language, arms))),
        tuple(_late(file, *item, terms) for item in _items(file, "late")),
    )


Item = Mapping[str, Any]


def _items(file: File, key: str) -> Iterator[tuple[Path, str, Item]]:
    """Each table of an array of tables with its path and what to call it; its keys, id and source are checked."""
    seen: set[str] = set()
    for index, item in enumerate(items_under(file, key)):
        path = (key, str(index))
        identifier = str(item.get("id") or f"{key} {index + 1}")
        for unknown in sorted(item.keys() - _KEYS[key]):
            file.report(
                (*path, unknown), f'"{unknown}" is not a property of {identifier} ({", ".join(sorted(_KEYS[key]))})'
            )
        needed = ("source",) if key == "expected" else ("id", "label", "source")
        for name in needed:
            if not str(item.get(name, "")).strip():
                file.report(path, f"{identifier} needs a {name}")
        if identifier in seen:
            file.report((*path, "id"), f"{identifier} stands here a second time")
        seen.add(identifier)
        yield path, identifier, item


def _event_words(file: File, language: Language) -> EventWords | None:
    """[event] record = "adverse_event", and which of its fields is the term, the grade, ..."""
    table = table_under(file, "event")
    if not table:
        return None
    for key in sorted(table.keys() - {"record", "fatal", *_FIELDS}):
        file.report(("event", key), f'"{key}" is not a property of an event (record, {", ".join(_FIELDS)}, fatal)')
    record = language.vocabulary.get(str(table.get("record", "")))
    if record is None or record.kind != "record":
        file.report(("event", "record"), "[event] needs its record: the concept that records adverse events")
        return None
    found = {"term": "term", **{key: str(table[key]) for key in _FIELDS if key in table}}
    wrong = [
        key for key, name in found.items() if name not in record.fields or record.fields[name].kind != _FIELDS[key]
    ]
    for key in wrong:
        kind = _FIELDS[key].replace("_", "/")
        file.report(("event", key), f'"{found[key]}" is not a field of {record.name} that is a {kind}')
    fatal = str(table.get("fatal", ""))
    if fatal and ("outcome" not in found or "outcome" in wrong or fatal not in record.fields[found["outcome"]].answers):
        file.report(("event", "fatal"), f'"{fatal}" is not an answer of the outcome')
    return None if wrong else EventWords(record.name, **found, fatal=fatal)


def _field(record: str, name: str, language: Language) -> Concept:
    return language.vocabulary[record].fields[name]


def _clock(file: File, path: Path, identifier: str, item: Item) -> Clock | None:
    good = True
    for key, allowed in (("from", get_args(Starts)), ("applies", get_args(Applies))):
        if item.get(key) not in allowed:
            file.report((*path, key), f"{identifier} needs {key}: one of {', '.join(allowed)}")
            good = False
    if not str(item.get("to", "")).strip():
        file.report(path, f"{identifier} needs to: whom to tell")
    lengths = {key: item[key] for key in ("hours", "days") if key in item}
    if len(lengths) != 1 or not all(isinstance(length, int) and length > 0 for length in lengths.values()):
        file.report(path, f"{identifier} needs hours or days, one of the two, as a whole number above 0")
        good = False
    if not good:
        return None
    return Clock(
        identifier, _text(item, "label"), item["from"], item["applies"], _text(item, "to"),
        int(item.get("hours", 0)), int(item.get("days", 0)), *_origin(item),
    )  # fmt: skip


def _expected(file: File, path: Path, identifier: str, item: Item, terms: frozenset[str]) -> Expected | None:
    grade = item.get("grade")
    if not isinstance(grade, int) or not 1 <= grade <= 4:
        file.report((*path, "grade"), f"{identifier} needs a grade from 1 to 4: the highest that is expected")
        return None
    named = _terms(file, path, identifier, item, terms)
    return Expected(named, grade, item.get("fatal") is True, *_origin(item))


def _terms(file: File, path: Path, identifier: str, item: Item, terms: frozenset[str]) -> tuple[str, ...]:
    """The terms that the item names; each must be an answer of the adverse event's term."""
    named = item.get("terms", [])
    if not isinstance(named, list) or not named:
        file.report((*path, "terms"), f'{identifier} needs its terms, as a list: ["...", "..."]')
        return ()
    if not terms:
        file.report(path, f"{identifier} needs an [event] table, which says where terms are recorded")
    else:
        for term in named:
            if term not in terms:
                file.report((*path, "terms"), f'"{term}" is not a term of adverse events ({", ".join(sorted(terms))})')
    return tuple(str(term) for term in named)


def _stopping(
    file: File, path: Path, identifier: str, item: Item, language: Language, arms: tuple[str, ...]
) -> Stopping | None:
    arm = _text(item, "arm")
    if arm not in arms:
        file.report((*path, "arm"), f"{identifier} needs an arm: one of {', '.join(arms)}")
    rule = rule_under(file, path, identifier, item, language)
    moment = moment_named(_text(item, "moment"), language.vocabulary, language.moments)
    within = read_duration(item.get("within"))
    if moment is None:
        file.report((*path, "moment"), f"{identifier} needs a moment: a name of [moments] or a concept with a date")
    if within is None:
        file.report(
            (*path, "within"), f'{identifier} needs within, such as "6 months": how long the event is looked for'
        )
    acceptable = _share(file, path, identifier, item, "acceptable")
    cutoff, alpha = (_share(file, path, identifier, item, key) for key in ("cutoff", "alpha"))
    prior = _pair(file, path, identifier, item, "prior")
    looks = {key: item.get(key, 1 if key != "most" else None) for key in ("first", "every", "most")}
    whole = all(isinstance(number, int) and 1 <= number <= LONGEST_TRIAL for number in looks.values())
    if not whole or looks["first"] > looks["most"]:
        file.report(path, f"{identifier} needs first, every and most as whole numbers from 1, and first not above most")
        return None
    if rule is None or moment is None or within is None or acceptable is None:
        return None
    if cutoff is None or alpha is None or prior is None:
        return None
    return Stopping(
        identifier, _text(item, "label"), arm, _text(item, "when"), rule, moment, within, acceptable, prior, cutoff,
        alpha, looks["first"], looks["every"], looks["most"], *_origin(item),
    )  # fmt: skip


def _late(file: File, path: Path, identifier: str, item: Item, terms: frozenset[str]) -> Late:
    if not _text(item, "followed"):
        file.report(path, f"{identifier} needs followed: until when people are followed for it")
    medians = _pair(file, path, identifier, item, "medians") if "medians" in item else None
    spread = read_decimal(_text(item, "spread")) if "spread" in item else None
    if "spread" in item and (spread is None or spread <= 0):
        file.report((*path, "spread"), f'write the spread of {identifier} as a number above 0, as text: "0.6"')
    study = read_duration(item["study"]) if "study" in item else None
    if "study" in item and study is None:
        file.report((*path, "study"), f'write how long the study of {identifier} follows people, such as "36 months"')
    return Late(
        identifier, _text(item, "label"), _terms(file, path, identifier, item, terms), _text(item, "followed"),
        medians, spread, study, *_origin(item),
    )  # fmt: skip


def _share(file: File, path: Path, identifier: str, item: Item, key: str) -> Decimal | None:
    number = read_decimal(_text(item, key))
    if number is not None and 0 < number < 1:
        return number
    file.report((*path, key), f'{identifier} needs {key}: a share between 0 and 1, as text, such as "0.10"')
    return None


def _pair(file: File, path: Path, identifier: str, item: Item, key: str) -> tuple[Decimal, Decimal] | None:
    """Two numbers above 0, as texts."""
    stated = item.get(key)
    numbers = [read_decimal(str(number)) for number in stated] if isinstance(stated, list) else []
    if len(numbers) == 2:
        one, other = numbers
        if one is not None and other is not None and one > 0 and other > 0:
            return one, other
    file.report((*path, key), f'{identifier} needs {key}: two numbers above 0, as texts: ["0.5", "4.5"]')
    return None


def _text(item: Item, key: str) -> str:
    return str(item.get(key, "")).strip()


def _origin(item: Item) -> tuple[str, str, bool]:
    """source, note, ours."""
    return _text(item, "source"), _text(item, "note"), item.get("ours") is True
