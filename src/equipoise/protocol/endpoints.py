"""[endpoint] of analysis.toml -> what is counted, from when, and how somebody without it is left, in rules.

    [endpoint.dfs]
    from = "randomisation"
    event = ["any recurrence where confirmed is yes", "death is recorded"]
    censor = ["last disease_assessment where result is no_disease", "withdrawal", "data_cut"]

An event is the first of any that is listed; whoever has none is censored at the last of what `censor` lists, and at the
latest on the day after which nothing of them is known (withdrawal, data_cut).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from ..rules.grammar import Language, RuleError, parse
from ..rules.nodes import Moment, Recorded, concepts_of
from .file import File, moment_named, table_under
from .origins import NOWHERE, Origin, check_origin, origin_of, refuse_strange
from .places import Path

Bound = Literal["last_contact", "withdrawal", "data_cut"]
# What `censor` may list beside looks at facts.
BOUNDS: Final[Mapping[Bound, str]] = {
    "last_contact": "the last day on which the person is known to have been alive",
    "withdrawal": "a withdrawal from everything: nothing after it is used",
    "data_cut": "the day on which the data are cut: nothing after it is used",
}
_KEYS: Final = {
    "like", "label", "param", "from", "entry", "event", "competing", "until", "censor", "seen_at_scans",
    "missed_scans", "never", "source", "ours", "note",
}  # fmt: skip
_PARAM: Final = 8  # characters of a PARAMCD (CDISC ADaM)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happens to a person on a day: a look at dated facts, as the rule language writes it."""

    text: str
    rule: Recorded

    @property
    def concept(self) -> str:
        return self.rule.look.concept


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is counted, and from when.

    param: its short name (PARAMCD of CDISC ADaM). moment: where the time begins; entry: from when on the person is
    observed, where that is later (delayed entry); None where it is the same. event, competing: the first of them ends
    the time (of the same day, the event). until: from the first of these on nothing more is counted.
    scans: whoever has no event is censored at the last of these; () where that is the last contact.
    withdrawal: is nothing used that comes after a withdrawal from everything?
    seen_at_scans: concepts of events that happened at some time between the last scan without them and their day.
    missed_scans: an event that is not seen at scans, after so many missed ones in a row, is not counted: the person is
    censored at the last scan. 0: it always counts. never: concepts that make no event of it, whatever they say.
    like: the endpoint that it is a variation of; "" for none.
    """

    id: str
    label: str
    param: str
    moment: Moment
    event: tuple[Occurrence, ...]
    entry: Moment | None = None
    competing: tuple[Occurrence, ...] = ()
    until: tuple[Occurrence, ...] = ()
    scans: tuple[Occurrence, ...] = ()
    withdrawal: bool = True
    seen_at_scans: tuple[str, ...] = ()
    missed_scans: int = 0
    never: tuple[str, ...] = ()
    like: str = ""
    origin: Origin = NOWHERE


def read_endpoints(file: File, language: Language) -> tuple[Endpoint, ...]:
    """Every endpoint of the file, in its order; a mistake goes to the file, none stops the reading."""
    tables = table_under(file, "endpoint")
    found: list[Endpoint] = []
    for name, table in tables.items():
        path = ("endpoint", name)
        if not isinstance(table, Mapping):
            file.report(path, f"write each endpoint as a table of its own: [endpoint.{name}]")
            continue
        endpoint = _Reader(file, language, path, _with_likes(file, tables, name)).endpoint()
        if endpoint is not None:
            found.append(endpoint)
    return tuple(found)


def _with_likes(file: File, tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The table of an endpoint over the one that it is like; what it says itself holds."""
    table = tables[name]
    like = table.get("like")
    if like is None:
        return table
    other = tables.get(str(like))
    if not isinstance(other, Mapping) or "like" in other or like == name:
        file.report(("endpoint", name, "like"), f'"{like}" is no endpoint of its own that {name} could be like')
        return table
    # A variation has a name, a short name and an origin of its own.
    return {**{key: value for key, value in other.items() if key not in ("param", "source", "ours", "note")}, **table}


@dataclass(frozen=True, slots=True)
class _Reader:
    """One endpoint as it stands, and where."""

    file: File
    language: Language
    path: Path
    table: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.path[-1]

    def report(self, key: str, message: str) -> None:
        """A mistake at the key; one that comes from the endpoint that this is like, at the endpoint."""
        where = (*self.path, key)
        self.file.report(where if where in self.file.places.known else self.path, message)

    def endpoint(self) -> Endpoint | None:
        refuse_strange(self.file, self.path, self.table, _KEYS, f"the endpoint {self.name}")
        check_origin(self.file, self.path, self.table, self.name)
        if not str(self.table.get("label", "")).strip():
            self.report("label", f"the endpoint {self.name} needs a label, the words by which people know it")
        event = self.occurrences("event")
        if not event:
            self.report("event", f'the endpoint {self.name} needs its event: event = ["death is recorded"]')
        moment = self.moment("from", needed=True)
        scans, bounds = self.censor()
        never = self.concepts("never")
        if moment is None or not event:
            return None
        endpoint = Endpoint(
            self.name, str(self.table.get("label", self.name)), self.param(), moment, event,
            entry=self.moment("entry"),
            competing=self.occurrences("competing"),
            until=self.occurrences("until"),
            scans=scans,
            withdrawal="withdrawal" in bounds,
            seen_at_scans=self.seen(event, scans),
            missed_scans=self.missed(scans),
            never=never,
            like=str(self.table.get("like", "")),
            origin=origin_of(self.table),
        )  # fmt: skip
        self.check_never(endpoint)
        return endpoint

    def param(self) -> str:
        """The short name; the endpoint's own in capitals, unless another is stated."""
        stated = self.table.get("param", self.name.upper().replace("_", "")[:_PARAM])
        if isinstance(stated, str) and stated.isascii() and stated.isalnum() and len(stated) <= _PARAM:
            return stated.upper()
        self.report("param", f"the param of {self.name} is at most {_PARAM} letters and digits, such as DFS")
        return ""

    def moment(self, key: str, needed: bool = False) -> Moment | None:
        stated = self.table.get(key)
        if stated is None and not needed:
            return None
        found = moment_named(str(stated), self.language.vocabulary, self.language.moments)
        if found is None:
            self.report(key, f"the endpoint {self.name} needs {key}: a name of [moments] or a concept with a date")
        return found

    # ---------------------------------------------------------------- occurrences
    def occurrences(self, key: str) -> tuple[Occurrence, ...]:
        return tuple(found for text in self.texts(key) if (found := self.occurrence(key, text)) is not None)

    def texts(self, key: str) -> list[str]:
        """The texts of a list; a mistake when it is none."""
        stated = self.table.get(key, [])
        if isinstance(stated, list) and all(isinstance(text, str) for text in stated):
            return stated
        self.report(key, f'write {key} of {self.name} as a list of texts: ["death is recorded"]')
        return []

    def occurrence(self, key: str, text: str, said: str = "") -> Occurrence | None:
        """What one text looks at; `said`: as the file writes it, where that is not the same."""
        try:
            rule = parse(text, self.language)
        except RuleError as error:
            self.report(key, f'"{said or text}" cannot be read: {error.message}')
            return None
        if not isinstance(rule, Recorded) or rule.look.selector != "any":
            self.report(
                key,
                f'"{said or text}" names nothing that happens on a day: write "death is recorded" or '
                '"any recurrence where confirmed is yes"',
            )
            return None
        return Occurrence(said or text, rule)

    def censor(self) -> tuple[tuple[Occurrence, ...], set[str]]:
        """The scans at the last of which somebody is censored, and the words of BOUNDS that are listed."""
        scans: list[Occurrence] = []
        bounds: set[str] = set()
        for text in self.texts("censor"):
            if text in get_args(Bound):
                bounds.add(text)
            elif text.startswith("last "):
                found = self.occurrence("censor", f"any{text[4:]}", text)
                scans += [found] if found is not None else []
            else:
                self.report("censor", f'"{text}" is no way to be censored: write "last ..." or {", ".join(BOUNDS)}')
        if bool(scans) == ("last_contact" in bounds):
            self.report(
                "censor", f'the endpoint {self.name} is censored either at the last of a concept ("last ...") or at the'
                " last_contact: list one of the two"
            )  # fmt: skip
        if "data_cut" not in bounds:
            self.report("censor", f"the endpoint {self.name} ends for everybody at the data_cut: list it")
        return tuple(scans), bounds

    # ---------------------------------------------------------------- what scans see
    def seen(self, event: tuple[Occurrence, ...], scans: tuple[Occurrence, ...]) -> tuple[str, ...]:
        names = self.concepts("seen_at_scans")
        if names and not scans:
            self.report("seen_at_scans", f'{self.name} has no scans: censor = ["last ..."] says which they are')
        for name in set(names) - {each.concept for each in event}:
            self.report("seen_at_scans", f"{name} is no event of {self.name}")
        return names

    def missed(self, scans: tuple[Occurrence, ...]) -> int:
        stated = self.table.get("missed_scans", 0)
        if type(stated) is not int or stated < 0 or (stated and not scans):
            self.report("missed_scans", f"missed_scans of {self.name} is a whole number, of an endpoint that has scans")
            return 0
        return stated

    def concepts(self, key: str) -> tuple[str, ...]:
        names = self.texts(key)
        for name in names:
            if name not in self.language.vocabulary:
                self.report(key, f'"{name}" is not a concept of concepts.toml')
        return tuple(names)

    def check_never(self, endpoint: Endpoint) -> None:
        """What never makes an event stands in no rule of one."""
        for each in (*endpoint.event, *endpoint.competing):
            for name in sorted(concepts_of(each.rule) & set(endpoint.never)):
                self.report("event", f'{name} never makes an event of {self.name}: leave it out of "{each.text}"')
