"""Nodes -> SQL: every rule becomes one expression over one row a person; what it needs is grouped by person before.

The counterpart of rules.evaluate, branch by branch: where the reference says "every fact that may be the latest must
agree", the steps here group those facts by person and keep their least and greatest truth. Nothing is approximated; a
person of whom a fact does not fit the tables is left to the reference (`Query.beyond`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from ...concepts import Concept, Vocabulary
from ...dates import EARLIEST, LATEST, Duration, shifted
from ..nodes import (
    HERE,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Count,
    Elapsed,
    Grade,
    Is,
    Look,
    Moment,
    Normal,
    Not,
    Recorded,
    Rule,
    Unless,
    Window,
    concepts_of,
    every_rule,
)  # fmt: skip
from ..tables import field_column, stated_column, value_columns
from . import values
from .dialects import Dialect
from .text import FALSE_, TRUE_, UNKNOWN_, all_of, any_of, case, day, greatest, least, negated, word, words

__all__ = ["FALSE_", "TRUE_", "UNKNOWN_", "Query", "Step", "translate"]

_EXTREMES = ("highest", "lowest")
SURE, PERHAPS, OUTSIDE = "2", "1", "0"  # does the fact lie in the window?


class Step(NamedTuple):
    """One table on the way: its name, and the SELECT that makes it of the tables and the steps before."""

    name: str
    sql: str
    facts: bool = False  # the facts of a concept, nothing computed: cheaper read again than kept


@dataclass(frozen=True, slots=True)
class Query:
    """Rules as SQL. Run the steps in order, each as a temporary table, then `truths`: key, then one column a rule.

    tables: concept -> the name by which the steps call its table; `people` is the table of everybody (key).
    beyond: the keys of those whom only the reference can judge.
    """

    steps: tuple[Step, ...]
    truths: str
    beyond: str
    tables: Mapping[str, str]
    people: str

    def __str__(self) -> str:
        """The whole as a script that a person can read."""
        made = [f"-- {step.name}\nCREATE TEMP TABLE {step.name} AS\n{step.sql};" for step in self.steps]
        return "\n\n".join([*made, f"-- the truths: 2 true, 1 unknown, 0 false\n{self.truths};"])


def translate(
    rules: Mapping[str, Rule],
    vocabulary: Vocabulary,
    on: int,
    complete: Iterable[str],
    dialect: Dialect,
    moments: Mapping[str, Moment] | None = None,
) -> Query:
    """The rules, by the name that the column of each shall have, asked on a day (ordinal).

    complete: concepts of which the records hold all there is. moments: more columns, NAME_lo and NAME_hi: the first and
    the last day that a moment may be, NULL when it is not on record.
    """
    made = _Translation(vocabulary, on, frozenset(complete), dialect)
    needs: dict[str, None] = {}
    selected = [f"CAST({made.truth(rule, needs)} AS TINYINT) AS {dialect.named(name)}" for name, rule in rules.items()]
    for name, moment in (moments or {}).items():
        lo, hi = made.moment(moment, needs)
        selected += [f"{lo} AS {dialect.named(f'{name}_lo')}", f"{hi} AS {dialect.named(f'{name}_hi')}"]
    joins = "".join(_join(name, "p.key") for name in needs)
    truths = "SELECT p.key, " + ",\n  ".join(selected) + f"\nFROM {PEOPLE} p{joins}"
    return _assembled(list(made.steps.values()), truths, made.beyond(rules.values()), made.tables)


def _assembled(steps: list[Step], truths: str, beyond: str, tables: Mapping[str, str]) -> Query:
    """The query, with every step that is used once written where it is used."""
    used = Counter(name for sql in (*(step.sql for step in steps), truths, beyond) for name in _USED.findall(sql))
    kept = {step.name for step in steps if used[step.name] > 1 and not step.facts}
    known = {step.name: step for step in steps}

    def whole(sql: str) -> str:
        inlined: dict[str, str] = {}

        def take(text: str) -> None:
            for name in dict.fromkeys(_USED.findall(text)):
                if name in known and name not in kept and name not in inlined:
                    take(known[name].sql)
                    inlined[name] = known[name].sql

        take(sql)
        if not inlined:
            return sql
        parts = ",\n".join(f"{name} AS (\n{text}\n)" for name, text in inlined.items())
        return f"WITH {parts}\n{sql}"

    made = tuple(step._replace(sql=whole(step.sql)) for step in steps if step.name in kept)
    return Query(made, whole(truths), whole(beyond), tables, PEOPLE)


_USED = re.compile(r"(?:FROM|JOIN) (s\d+_\w+)")


PEOPLE: Final = "people"
_DAYS: Final = 4_000_000  # more than the calendar has
Needs = dict[str, None]  # the tables, one row a person, that an expression speaks of; in order


def _join(name: str, key: str) -> str:
    return f"\n  LEFT JOIN {name} ON {name}.key = {key}"


@dataclass(slots=True)
class _Translation:
    vocabulary: Vocabulary
    on: int
    complete: frozenset[str]
    dialect: Dialect
    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    tables: dict[str, str] = field(default_factory=dict[str, str])

    # ------------------------------------------------------------ steps
    def step(self, about: str, sql: str, facts: bool = False) -> str:
        """The name of the table that the SELECT makes; the same SELECT is one table."""
        known = self.steps.get(sql)
        if known is None:
            known = Step(f"s{len(self.steps) + 1}_{about}", sql, facts)
            self.steps[sql] = known
        return known.name

    def table(self, name: str) -> str:
        return self.tables.setdefault(name, f"facts_of_{name}")

    def parts(self, name: str) -> list[str]:
        """The concepts whose facts are facts of this one: itself and its members, and theirs."""
        return [name, *(part for member in self.vocabulary[name].members for part in self.parts(member))]

    def facts(self, name: str) -> str:
        """The facts of a concept as case.Case knows them on the day: those that stand by then, cut at the day."""
        concept = self.vocabulary[name]
        selects = [self._facts_of(part, concept, own=part == name) for part in dict.fromkeys(self.parts(name))]
        return self.step(name, "\nUNION ALL\n".join(selects), facts=True)

    def _facts_of(self, part: str, concept: Concept, own: bool) -> str:
        today = day(self.on)
        theirs = value_columns(self.vocabulary[part])
        wanted = value_columns(concept).items()
        columns = [name if name in theirs else f"CAST(NULL AS {kind}) AS {name}" for name, kind in wanted]
        known = f"CASE WHEN when_hi > {today} AND when_lo <= {today} AND NOT none THEN {today} ELSE when_hi END"
        over_lo = "CASE WHEN end_lo >= when_lo THEN end_lo ELSE when_lo END"
        over_hi = (
            f"CASE WHEN end_lo IS NULL THEN {known} WHEN end_lo >= when_lo THEN end_hi "
            "ELSE greatest(end_hi, when_lo) END"
        )
        by_then = "" if self.vocabulary[part].planned else f" WHERE when_lo <= {today}"
        none = "none" if own else "FALSE AS none"
        others = "" if own else (" AND NOT none" if by_then else " WHERE NOT none")
        listed = ", ".join([
            "key", "n", none, f"{'TRUE' if own else 'FALSE'} AS own", "when_lo", f"{known} AS when_hi",
            f"{over_lo} AS over_lo", f"{over_hi} AS over_hi", "doubt", *columns,
        ])  # fmt: skip
        return f"SELECT {listed}\nFROM {self.table(part)}{by_then}{others}"

    # ------------------------------------------------------------ what is known of a concept altogether
    def about(self, name: str) -> str:
        """One row a person of whom there is any fact: the newest day, how many facts, and the statement of none."""
        first = day(EARLIEST)
        number = self.dialect.number_of
        since = self.dialect.days_later.format(day=first, count=f"CAST(none_at % {_DAYS} AS INTEGER)")
        return self.step(
            f"about_{name}",
            f"SELECT key, newest, known, own, none_hi, {since} AS none_lo\nFROM (\n"
            "SELECT key, max(CASE WHEN NOT none THEN when_hi END) AS newest, "
            "count(CASE WHEN NOT none THEN 1 END) AS known, count(CASE WHEN NOT none AND own THEN 1 END) AS own, "
            "max(CASE WHEN none THEN when_hi END) AS none_hi,\n"
            f"  max(CASE WHEN none THEN {number('when_hi')} * {_DAYS} + {number('when_lo')} END) AS none_at\n"
            f"FROM {self.facts(name)} GROUP BY key\n) a",
        )

    def none(self, name: str) -> str:
        """One row a person of whom it is stated that there was none: the last day of the newest such statement."""
        sql = f"SELECT key, max(when_hi) AS none_hi\nFROM {self.facts(name)} WHERE none GROUP BY key"
        return self.step(f"none_{name}", sql)

    def closed(self, name: str, needs: Needs) -> str:
        """Case.closure: are the known facts all there are?"""
        concept = self.vocabulary[name]
        if name in self.complete or concept.absence == "no":
            return "TRUE"
        about = self.needed(self.about(name), needs)
        stated = f"{about}.none_hi IS NOT NULL AND coalesce({about}.newest, {day(EARLIEST)}) <= {about}.none_hi"
        if concept.holds is not None:
            stated += f" AND {self.dialect.shifted(f'{about}.none_lo', concept.holds)} >= {day(self.on)}"
        once = f"coalesce({about}.own, 0) > 0" if concept.once or concept.complete_when_any else "FALSE"
        return any_of([stated, once])

    def needed(self, name: str, needs: Needs) -> str:
        needs[name] = None
        return name

    def beyond(self, rules: Iterable[Rule]) -> str:
        """The keys of those of whom a fact does not fit the tables, or whose value only a formula gives."""
        rules = list(rules)
        asked = dict.fromkeys(sorted({name for rule in rules for name in concepts_of(rule)}))
        parts = dict.fromkeys(part for name in asked for part in self.parts(name))
        selects = [f"SELECT key FROM {self.table(part)} WHERE beyond" for part in parts]
        for name in parts:
            inputs = [self.facts(each) for each in self.vocabulary[name].inputs.values()]
            if self.vocabulary[name].formula:
                first, *others = inputs
                all_known = " AND ".join(f"key IN (SELECT key FROM {other})" for other in others)
                selects.append(f"SELECT key FROM {first} WHERE {all_known}")
        for rule in rules:
            for node in every_rule(rule):
                if isinstance(node, Change):
                    unit = f"{_prefix(node.look)}unit"
                    facts = self.facts(node.look.concept)
                    selects.append(f"SELECT key FROM {facts} GROUP BY key HAVING count(DISTINCT {unit}) > 1")
        return "\nUNION\n".join(dict.fromkeys(selects)) or f"SELECT key FROM {PEOPLE} WHERE FALSE"

    # ------------------------------------------------------------ moments and windows
    def moment(self, moment: Moment, needs: Needs) -> tuple[str, str]:
        """Case.when: the first and the last day that it may be; NULL when it is not on record."""
        if moment.look is None:
            return day(self.on), day(self.on)
        known = self.needed(self._moments(moment.look), needs)
        if not moment.or_today:
            return f"{known}.lo", f"{known}.hi"
        today = day(self.on)
        return tuple(f"CASE WHEN {known}.key IS NULL THEN {today} ELSE {known}.{end} END" for end in ("lo", "hi"))  # pyright: ignore[reportReturnType]

    def _moments(self, look: Look) -> str:
        facts = self.facts(look.concept)
        leading, turn = (
            ("when_lo <= turn", "min(when_hi)") if look.selector == "first" else ("when_hi >= turn", "max(when_lo)")
        )
        turns = self.step(
            f"turn_{look.concept}", f"SELECT key, {turn} AS turn\nFROM {facts} WHERE NOT none GROUP BY key"
        )
        settled = "count(CASE WHEN doubt THEN 1 END) = 0"
        return self.step(
            f"when_{look.concept}",
            f"SELECT f.key, CASE WHEN {settled} THEN min(when_lo) END AS lo, "
            f"CASE WHEN {settled} THEN max(when_hi) END AS hi\n"
            f"FROM {facts} f JOIN {turns} t ON t.key = f.key WHERE NOT none AND {leading} GROUP BY f.key",
        )

    def bounds(self, window: Window, needs: Needs) -> tuple["_Days | None", "_Days | None", str]:
        """selecting.bounds: the days of a window's beginning and end, and whether a moment of it is not on record."""
        moment = self.moment(window.moment, needs)
        lacking = "FALSE" if window.moment.look is None else f"{moment[0]} IS NULL"
        if window.other is not None:
            other = self.moment(window.other, needs)
            lacks_other = "FALSE" if window.other.look is None else f"{other[0]} IS NULL"
            return _Days(*moment), _Days(*other), any_of([lacking, lacks_other])
        if window.side == "around":
            assert window.far is not None
            return self._moved(moment, window.far, -1), self._moved(moment, window.far, 1), lacking
        sign = -1 if window.side == "before" else 1
        near = self._moved(moment, window.near, sign)
        far = None if window.far is None else self._moved(moment, window.far, sign)
        return (far, near, lacking) if sign < 0 else (near, far, lacking)

    def _moved(self, days: tuple[str, str], by: Duration, sign: int) -> "_Days":
        if days == (day(self.on), day(self.on)):
            known = day(shifted(self.on, by, sign))
            return _Days(known, known)
        return _Days(*(self.dialect.shifted(each, by, sign) for each in days))

    def inside(self, window: Window | None, needs: Needs) -> tuple[str, str]:
        """Does the fact f lie in the window: surely, perhaps, not? And is a moment of the window not on record?"""
        if window is None:
            return SURE, "FALSE"
        lower, upper, lacking = self.bounds(window, needs)
        before = f"f.over_hi < {lower.lo}" if lower else "FALSE"
        after = f"f.when_lo > {upper.hi}" if upper else "FALSE"
        begun = f"f.over_lo >= {lower.hi}" if lower else "TRUE"
        ended = f"f.when_hi <= {upper.lo}" if upper else "TRUE"
        touches = case([(any_of([before, after]), OUTSIDE), (all_of([begun, ended]), SURE)], PERHAPS)
        return case([(lacking, PERHAPS)], touches), lacking

    # ------------------------------------------------------------ the facts that a look finds
    def rows(self, look: Look, truth: str, needs: Needs, more: Sequence[str] = ()) -> str:
        """The facts of a look, each with its place in the window and its truth; not those outside.

        truth: an expression over the fact f and the tables of `needs`.
        """
        needs = dict(needs)
        inside, _ = self.inside(look.window, needs)
        stated = self._stated(look)
        listed = ", ".join(["f.key", "f.n", "f.when_lo", "f.when_hi", f"{inside} AS inside", f"{truth} AS t", *more])
        joins = "".join(_join(name, "f.key") for name in needs)
        sql = f"SELECT {listed}\nFROM {self.facts(look.concept)} f{joins}\nWHERE {all_of(['NOT f.none', stated])}"
        if inside != SURE:
            sql = f"SELECT * FROM (\n{sql}\n) r WHERE inside > 0"
        return sql

    def _stated(self, look: Look) -> str:
        if not look.field:
            return "TRUE"
        asked = self.vocabulary[look.concept].fields[look.field]
        return "TRUE" if asked.absence == "no" else f"f.{stated_column(asked)} IS NOT NULL"

    def outside(self, look: Look) -> str:
        """The people of whom a fact lies outside the window."""
        needs: Needs = {}
        inside, _ = self.inside(look.window, needs)
        joins = "".join(_join(name, "f.key") for name in needs)
        listed = f"SELECT f.key FROM {self.facts(look.concept)} f{joins}\nWHERE NOT f.none AND {self._stated(look)}"
        return self.step(f"outside_{look.concept}", f"{listed} AND {inside} = 0 GROUP BY f.key")

    def lacking(self, window: Window | None, needs: Needs) -> str:
        """Of a person: is a moment of the window not on record?"""
        return "FALSE" if window is None else self.bounds(window, needs)[2]

    # ------------------------------------------------------------ rules
    def truth(self, rule: Rule, needs: Needs, here: Concept | None = None) -> str:
        """The truth of a rule about a person; within a `where` also about the record f of the concept `here`."""
        match rule:
            case Not():
                return negated(self.truth(rule.part, needs, here))
            case AllOf():
                return least([self.truth(part, needs, here) for part in rule.parts])
            case AnyOf():
                return greatest([self.truth(part, needs, here) for part in rule.parts])
            case Unless():
                return least([self.truth(rule.part, needs, here), negated(self.truth(rule.exception, needs, here))])
            case Age():
                return self._age(rule, needs)
            case Recorded() if rule.look.concept == HERE:
                assert rule.look.window is not None
                return self.inside(rule.look.window, needs)[0]
            case Compare() | Is() | Normal() | Grade() if rule.look.concept == HERE:
                assert here is not None
                return self._judged(rule, here, here.fields[rule.look.field])
            case Compare() | Grade() | Change() if rule.comparison in ("=", "!=") and rule.look.selector in _EXTREMES:
                return self._extreme_is(rule, needs)
            case Compare() | Normal() | Grade():
                return self._of_values(rule, needs)
            case Change():
                return self._change(rule, needs)
            case Is():
                return self._is(rule, needs)
            case Recorded():
                return self._recorded(rule, needs)
            case Count():
                return self._count(rule, needs)
            case Elapsed():
                return self._since(rule, needs) if rule.direction == "since" else self._until(rule, needs)

    def _asked(self, look: Look) -> Concept:
        concept = self.vocabulary[look.concept]
        return concept.fields[look.field] if look.field else concept

    def _judged(self, rule: Compare | Is | Normal | Grade, holder: Concept, asked: Concept) -> str:
        """What the fact f says; holder: the concept whose fact it is, asked: it or the field that the rule reads."""
        prefix = "f." if holder is asked else f"f.{field_column(asked.name)}_"
        if isinstance(rule, Is):
            column = "f.answers" if holder is asked else f"f.{field_column(asked.name)}"
            if asked.kind not in ("choice", "yes_no"):
                return UNKNOWN_
            known = [answer for part in self.parts(holder.name) for answer in self.vocabulary[part].answers]
            truth = values.among(column, rule, asked, known if holder is asked else ())
            if holder is not asked and asked.absence == "no":
                truth = case([(f"{column} IS NULL", values.of_no_answer(rule, asked))], truth)
        elif asked.kind != "quantity":
            return UNKNOWN_
        else:
            truth = values.measured(rule, values.bounds_of(prefix, limits=holder is asked), asked)
        return case([("f.doubt", UNKNOWN_)], truth)

    def _fulfils(self, look: Look, needs: Needs) -> str:
        """Does the fact f fulfil the look's `where`?"""
        if look.where is None:
            return case([("f.doubt", UNKNOWN_)], TRUE_)
        return case([("f.doubt", UNKNOWN_)], self.truth(look.where, needs, self.vocabulary[look.concept]))

    # ------------------------------------------------------------ one fact decides, or all do
    def _of_values(self, rule: Compare | Normal | Grade, needs: Needs) -> str:
        look = rule.look
        selector = look.selector
        if not isinstance(rule, Normal):
            selector = _quantifier(selector, rule.comparison)
        truth = self._judged(rule, self.vocabulary[look.concept], self._asked(look))
        return self._selected(look, selector, truth, {}, needs)

    def _selected(self, look: Look, selector: str, truth: str, inner: Needs, needs: Needs) -> str:
        """evaluate._judged: by the selector; unknown when no fact can be used."""
        rows = self.rows(look, truth, inner)
        if selector in ("latest", "first"):
            return self._over_one(look, rows, selector == "first", needs)
        settles = TRUE_ if selector == "any" else FALSE_
        found = self._gathered(look.concept, rows, settles)
        self.needed(found, needs)
        absent = [(self.lacking(look.window, needs), UNKNOWN_), (f"{found}.key IS NULL", UNKNOWN_)]
        return case(absent, self._over_all(look.concept, found, settles, needs))

    def _over_one(self, look: Look, rows: str, first: bool, needs: Needs) -> str:
        """evaluate._over_one: what all that may be the latest (first) say, when one of them surely counts."""
        led = self.needed(self.step(f"lead_{look.concept}", _leading(rows, first)), needs)
        return case([(self.lacking(look.window, needs), UNKNOWN_)], f"coalesce({led}.t, 1)")

    def _gathered(self, name: str, rows: str, settles: str, truth: str = "t") -> str:
        """One row a person with a fact found: what evaluate._over_all asks of them together."""
        return self.step(
            f"all_{name}",
            f"SELECT key, min(CASE WHEN inside = 2 AND {truth} = {settles} THEN when_lo END) AS settled,\n"
            f"  max(CASE WHEN {truth} = 1 OR {truth} = {settles} THEN 1 ELSE 0 END) AS unsettled,\n"
            "  max(inside) AS inside\n"
            f"FROM (\n{rows}\n) f GROUP BY key",
        )

    def _over_all(self, name: str, found: str, settles: str, needs: Needs) -> str:
        """evaluate._over_all of a person, also of one without a fact found."""
        about = self.needed(self.about(name), needs)
        contradicted = f"{found}.settled <= {about}.none_hi"
        nothing_sure = f"coalesce({found}.inside, 0) < 2" if settles == FALSE_ else "FALSE"
        return case(
            [
                (f"{found}.settled IS NOT NULL AND {contradicted}", UNKNOWN_),
                (f"{found}.settled IS NOT NULL", settles),
                (f"{found}.unsettled = 1", UNKNOWN_),
                (_not(self.closed(name, needs)), UNKNOWN_),
                (nothing_sure, UNKNOWN_),
            ],
            negated(settles),
        )

    def _extreme_is(self, rule: Compare | Grade | Change, needs: Needs) -> str:
        """evaluate._extreme_is: none lies beyond it, and not all lie short of it."""
        upward = (rule.look.selector == "highest") != (isinstance(rule, Change) and rule.direction == "falls")
        within = self.truth(replace(rule, comparison="<=" if upward else ">="), needs)
        all_short = self.truth(replace(rule, comparison="<" if upward else ">"), needs)
        truth = least([within, negated(all_short)])
        return truth if rule.comparison == "=" else negated(truth)

    # ------------------------------------------------------------ change
    def _change(self, rule: Change, needs: Needs) -> str:
        look = rule.look
        base = self._base(rule)
        rises = rule.direction == "rises"
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        comparison = rule.comparison if rises else turned.get(rule.comparison, rule.comparison)
        share = 100 + rule.percent if rises else 100 - rule.percent
        asked = self._asked(look)
        prefix = f"f.{_prefix(look)}"
        truth = values.changed(values.bounds_of(prefix, limits=False), comparison, f"{base}.base", share)  # pyright: ignore[reportArgumentType]
        truth = case([(f"f.doubt OR {prefix}unit IS NULL OR {prefix}unit <> {base}.unit", UNKNOWN_)], truth)
        truth = truth if asked.kind == "quantity" else UNKNOWN_
        selector = _quantifier(look.selector, comparison)  # pyright: ignore[reportArgumentType]
        self.needed(base, needs)
        return case([(f"{base}.key IS NULL", UNKNOWN_)], self._selected(look, selector, truth, {base: None}, needs))

    def _base(self, rule: Change) -> str:
        """One row a person whose baseline is one number above 0: the last on or before the moment, with its unit."""
        look = Look(rule.look.concept, rule.look.field, "latest", Window("before", rule.baseline))
        prefix = f"f.{_prefix(look)}"
        more = [f"{prefix}lo AS base", f"{prefix}hi AS base_hi", f"{prefix}unit AS unit", "f.doubt AS doubt"]
        inner: Needs = {}
        assert look.window is not None
        _, lacking = self.inside(look.window, inner)
        rows = self.step(f"found_{look.concept}", self.rows(look, TRUE_, inner, [*more, f"{lacking} AS lacking"]))
        turns = self.step(
            f"turn_{look.concept}",
            f"SELECT key, max(when_lo) AS turn\nFROM {rows} GROUP BY key HAVING min(inside) = 2",
        )
        return self.step(
            f"base_{look.concept}",
            f"SELECT f.key, min(base) AS base, min(unit) AS unit\n"
            f"FROM {rows} f JOIN {turns} t ON t.key = f.key AND f.when_hi >= t.turn GROUP BY f.key\n"
            "HAVING count(*) = 1 AND "
            "count(CASE WHEN NOT doubt AND NOT lacking AND base = base_hi AND base > 0 THEN 1 END) = 1",
        )

    # ------------------------------------------------------------ answers
    def _is(self, rule: Is, needs: Needs) -> str:
        look = rule.look
        holder, asked = self.vocabulary[look.concept], self._asked(look)
        if look.selector in _EXTREMES:
            truth = self._extreme_answer(rule, asked, needs)
        else:
            truth = self._selected(look, look.selector, self._judged(rule, holder, asked), {}, needs)
        if asked.kind != "yes_no" or look.field:
            return truth
        about = self.needed(self.about(look.concept), needs)
        nothing = f"coalesce({about}.known, 0) = 0"
        closed = self.closed(look.concept, needs)
        return case([(all_of([nothing, closed]), values.of_no_answer(rule, asked))], truth)

    def _extreme_answer(self, rule: Is, asked: Concept, needs: Needs) -> str:
        """evaluate._extreme_answer: it lies between the extreme of those that surely count and that of all."""
        look = rule.look
        order = [answer for answer in asked.answers if answer not in asked.unclear]
        if look.selector == "lowest":
            order.reverse()
        last = len(order) - 1
        column = f"f.{field_column(asked.name)}" if look.field else "f.answers"
        known = all_of(["NOT f.doubt", _only_of(column, order)])
        low = case([("NOT coalesce(" + known + ", FALSE)", "0"), *_ranks(column, order, range(len(order)))], "0")
        high = case(
            [("NOT coalesce(" + known + ", FALSE)", str(last)), *_ranks(column, order, range(last, -1, -1))], str(last)
        )
        rows = self.rows(look, TRUE_, {}, [f"{low} AS low", f"{high} AS high"])
        found = self.needed(
            self.step(
                f"ranks_{look.concept}",
                "SELECT key, max(CASE WHEN inside = 2 THEN low END) AS low, max(high) AS high, max(inside) AS inside\n"
                f"FROM (\n{rows}\n) f GROUP BY key",
            ),
            needs,
        )
        most = case([(self.closed(look.concept, needs), f"{found}.high")], str(last))
        flags = [answer in rule.answers for answer in order]
        agreeing = [
            (f"{found}.low = {rank} AND {most} <= {_run_end(flags, rank)}", TRUE_ if flags[rank] else FALSE_)
            for rank in range(len(order))
        ]
        absent = [self.lacking(look.window, needs), f"{found}.key IS NULL", f"{found}.inside < 2"]
        return case([*((condition, UNKNOWN_) for condition in absent), *agreeing], UNKNOWN_)

    # ------------------------------------------------------------ records
    def _recorded(self, rule: Recorded, needs: Needs) -> str:
        look = rule.look
        if look.selector in ("latest", "first"):
            return self._latest_record(rule, needs)
        inner: Needs = {}
        truth = self._fulfils(look, inner)
        settles = FALSE_ if look.selector == "every" else TRUE_
        found = self.needed(self._gathered(look.concept, self.rows(look, truth, inner), settles), needs)
        lacking, closed = self.lacking(look.window, needs), self.closed(look.concept, needs)
        return case(
            [
                (all_of([lacking, f"{found}.key IS NOT NULL"]), UNKNOWN_),
                (all_of([f"{found}.key IS NULL", _not(closed)]), UNKNOWN_),
            ],
            self._over_all(look.concept, found, settles, needs),
        )

    def _latest_record(self, rule: Recorded, needs: Needs) -> str:
        """evaluate._latest_record: the latest decides; a statement of none from after it contradicts."""
        look = rule.look
        none = self.none(look.concept)
        inner: Needs = {none: None}
        truth = self._fulfils(look, inner)
        rows = self.rows(look, truth, inner, [f"f.when_lo <= {none}.none_hi AS denied"])
        led = self.needed(self.step(f"lead_{look.concept}", _leading(rows, look.selector == "first", "denied")), needs)
        surely_none = self.closed(look.concept, needs)
        if look.window is not None:
            outside = self.needed(self.outside(look), needs)
            stated = self.needed(none, needs)
            surely_none = all_of([surely_none, f"NOT ({outside}.key IS NOT NULL AND {stated}.key IS NOT NULL)"])
        return case(
            [
                (self.lacking(look.window, needs), UNKNOWN_),
                (all_of([f"{led}.key IS NULL", surely_none]), FALSE_),
                (f"{led}.t = 2 AND {led}.denied", UNKNOWN_),
            ],
            f"coalesce({led}.t, 1)",
        )

    def _count(self, rule: Count, needs: Needs) -> str:
        """evaluate._count: between those that surely count and all that may; without end unless all are known."""
        look, number = rule.look, rule.number
        inner: Needs = {}
        truth = self._fulfils(look, inner)
        found = self.step(f"found_{look.concept}", self.rows(look, truth, inner))
        sure = f"SELECT key, n, when_lo, when_hi FROM {found} WHERE inside = 2 AND t = 2"
        twins = self.step(
            f"twins_{look.concept}",
            f"SELECT key, count(*) AS number\nFROM (SELECT a.key, a.n FROM ({sure}) a JOIN ({sure}) b\n"
            "  ON b.key = a.key AND b.n <> a.n AND b.when_lo <= a.when_hi AND a.when_lo <= b.when_hi\n"
            "  WHERE a.when_lo <> a.when_hi GROUP BY a.key, a.n) d GROUP BY key",
        )
        counts = self.step(
            f"count_{look.concept}",
            "SELECT key, count(CASE WHEN inside = 2 AND t = 2 THEN 1 END) AS sure, count(*) AS most, "
            f"min(when_lo) AS when_lo\nFROM {found} WHERE t <> 0 GROUP BY key",
        )
        both = self.needed(
            self.step(
                f"number_{look.concept}",
                "SELECT c.key, c.most, c.when_lo,\n"
                "  greatest(c.sure - coalesce(w.number, 0), CASE WHEN c.sure > 0 THEN 1 ELSE 0 END) AS least\n"
                f"FROM {counts} c LEFT JOIN {twins} w ON w.key = c.key",
            ),
            needs,
        )
        about = self.needed(self.about(look.concept), needs)
        closed = self.closed(look.concept, needs)
        fewest, most = f"coalesce({both}.least, 0)", f"coalesce({both}.most, 0)"
        return case(
            [
                (self.lacking(look.window, needs), UNKNOWN_),
                (f"{both}.when_lo <= {about}.none_hi", UNKNOWN_),
                *_counted(rule.comparison, number, fewest, most, closed),
            ],
            UNKNOWN_,
        )

    # ------------------------------------------------------------ time
    def _such(self, look: Look, judged: str, more: Sequence[str]) -> str:
        """The events that fulfil, or may fulfil, the `where`; t: do they? j: what each says by `judged`."""
        inner: Needs = {}
        truth = self._fulfils(look, inner)
        rows = self.rows(look, truth, inner, [f"{judged} AS near", *more])
        counts = "inside = 2" if look.where is None else "inside = 2 AND t = 2"
        return f"SELECT *, CASE WHEN {counts} THEN 1 ELSE 0 END AS counts\nFROM (\n{rows}\n) e WHERE t <> 0"

    def _since(self, rule: Elapsed, needs: Needs) -> str:
        look = rule.look
        negates = rule.comparison in (">", ">=")
        near = values.near("f.over_lo", "f.over_hi", rule, self.on, self.dialect)
        rows = self._such(look, near, ["f.over_lo", "f.over_hi"])
        if look.selector == "any":
            found = self._gathered(look.concept, rows, TRUE_, "CASE WHEN t = 1 AND near <> 0 THEN 1 ELSE near END")
            truth = self._over_all(look.concept, found, TRUE_, needs)
        else:
            turn = "max(CASE WHEN counts = 1 THEN over_lo END)"
            judged = f"SELECT key, over_lo, over_hi, counts, {_JUDGED} AS t FROM (\n{rows}\n) e"
            found = self.step(f"last_{look.concept}", _agreeing(judged, turn, "over_hi", latest=True))
            truth = f"coalesce({found}.t, 1)"
        self.needed(found, needs)
        closed = self.closed(look.concept, needs)
        never = TRUE_ if negates else FALSE_
        return case(
            [
                (self.lacking(look.window, needs), UNKNOWN_),
                (all_of([f"{found}.key IS NULL", closed]), never),
                (f"{found}.key IS NULL", UNKNOWN_),
            ],
            negated(truth) if negates else truth,
        )

    def _until(self, rule: Elapsed, needs: Needs) -> str:
        look = rule.look
        dated = self.vocabulary[look.concept].kind == "date"
        lo, hi = (f"coalesce(f.value_{e}, f.when_{e})" if dated else f"f.when_{e}" for e in ("lo", "hi"))
        near = values.near(lo, hi, rule, self.on, self.dialect)
        distance = negated(near) if rule.comparison in (">", ">=") else near
        today = day(self.on)
        ahead = least([case([(f"{lo} >= {today}", TRUE_)], UNKNOWN_), distance])
        rows = self._such(look, ahead, [f"{lo} AS day_lo", f"{hi} AS day_hi"])
        coming = f"CASE WHEN day_hi >= {today} THEN day_lo END"
        judged = f"SELECT key, inside, {coming} AS day_lo, day_hi, {_JUDGED} AS t FROM (\n{rows}\n) e"
        turn = f"coalesce(min(CASE WHEN day_lo >= {today} THEN day_hi END), {day(LATEST)})"
        surely = {"surely": "min(CASE WHEN inside = 2 THEN day_lo END)", "ahead": "min(day_lo)"}
        nexts = self.needed(
            self.step(f"next_{look.concept}", _agreeing(judged, turn, "day_lo", latest=False, more=surely)), needs
        )
        return case(
            [
                (self.lacking(look.window, needs), UNKNOWN_),
                (all_of([f"{nexts}.key IS NULL", self.closed(look.concept, needs)]), FALSE_),
                (f"{nexts}.key IS NULL", UNKNOWN_),
                (f"{nexts}.ahead IS NULL", FALSE_),
                (f"{nexts}.surely <= {nexts}.turn", f"{nexts}.t"),
            ],
            UNKNOWN_,
        )

    def _age(self, rule: Age, needs: Needs) -> str:
        inner: Needs = {}
        moment = self.moment(rule.moment, inner)
        truth = case(
            [("FALSE" if rule.moment.look is None else f"{moment[0]} IS NULL", UNKNOWN_), ("f.doubt", UNKNOWN_)],
            values.of_age("f.value_lo", "f.value_hi", rule, moment, self.dialect),
        )
        joins = "".join(_join(name, "f.key") for name in inner)
        facts = self.facts("birth_date")
        of_each = (
            f"SELECT f.key, f.doubt, {truth} AS t\nFROM {facts} f{joins}\nWHERE NOT f.none AND f.value_lo IS NOT NULL"
        )
        ages = self.step(
            "age",
            f"SELECT key, CASE WHEN count(CASE WHEN doubt THEN 1 END) > 0 THEN 1 ELSE {_AGREED_T} END AS t\n"
            f"FROM (\n{of_each}\n) b GROUP BY key",
        )
        return f"coalesce({self.needed(ages, needs)}.t, 1)"


class _Days(NamedTuple):
    lo: str
    hi: str


_AGREED_T: Final = "CASE WHEN min(t) = max(t) THEN min(t) ELSE 1 END"
_JUDGED: Final = "CASE WHEN t = 1 THEN 1 ELSE near END"


def _leading(rows: str, first: bool, marked: str = "") -> str:
    """One row a person with a fact found: what those that may be the latest (first) say; NULL when none surely counts.

    marked: a condition of the facts; the column of that name tells whether one that may be the latest fulfils it.
    """
    if first:
        return _agreeing(rows, "min(CASE WHEN inside = 2 THEN when_hi END)", "when_lo", latest=False, marked=marked)
    return _agreeing(rows, "max(CASE WHEN inside = 2 THEN when_lo END)", "when_hi", latest=True, marked=marked)


def _agreeing(
    rows: str, turn: str, edge: str, latest: bool, marked: str = "", more: Mapping[str, str] | None = None
) -> str:
    """What all facts of a person say of which `edge` is not before (with latest; else not after) the turn.

    Whether one of them says so and so shows in the extreme edge of all that do: one grouping tells it.
    more: further columns, each an expression over the group.
    """
    extreme, reaches = ("max", ">=") if latest else ("min", "<=")
    grouped = {"turn": turn, **{f"edge_{t}": f"{extreme}(CASE WHEN t = {t} THEN {edge} END)" for t in range(3)}}
    says = [f"edge_{truth} {reaches} turn" for truth in range(3)]
    agreed = case([(f"{says[1]} OR ({says[0]} AND {says[2]})", UNKNOWN_), (says[2], TRUE_), (says[0], FALSE_)], "NULL")
    kept = ["key", "turn", f"{agreed} AS t", *(more or {})]
    if marked:
        grouped["edge_marked"] = f"{extreme}(CASE WHEN {marked} THEN {edge} END)"
        kept.append(f"coalesce(edge_marked {reaches} turn, FALSE) AS {marked}")
    listed = ", ".join(f"{expression} AS {name}" for name, expression in {**grouped, **(more or {})}.items())
    return f"SELECT {', '.join(kept)}\nFROM (\nSELECT key, {listed}\nFROM (\n{rows}\n) f GROUP BY key\n) g"


def _not(condition: str) -> str:
    return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(condition, f"NOT coalesce({condition}, FALSE)")


def _prefix(look: Look) -> str:
    return f"{field_column(look.field)}_" if look.field else ""


def _quantifier(selector: str, comparison: str) -> str:
    """evaluate._quantifier: the highest value is below a limit when every value is, and above it when any is."""
    if selector not in _EXTREMES:
        return selector
    downward = comparison in ("<", "<=")
    return "every" if downward == (selector == "highest") else "any"


def _only_of(column: str, order: Sequence[str]) -> str:
    """Are all the answers given (one, or several) among these?"""
    separator = word("|")
    left = f"concat({separator}, {column}, {separator})"
    for answer in order:
        left = f"replace({left}, {word(f'|{answer}|')}, {separator})"
    return f"({column} IN ({words(order)}) OR ({column} <> '' AND {left} = {separator}))"


def _ranks(column: str, order: Sequence[str], ranks: Iterable[int]) -> list[tuple[str, str]]:
    """For each answer in turn: is it given, and its place in the order."""
    within = f"concat('|', {column}, '|')"
    return [(f"contains({within}, {word(f'|{order[rank]}|')})", str(rank)) for rank in ranks]


def _run_end(flags: Sequence[bool], start: int) -> int:
    """The last place up to which all flags are like the one at the start."""
    end = start
    while end + 1 < len(flags) and flags[end + 1] == flags[start]:
        end += 1
    return end


def _counted(comparison: str, number: int, fewest: str, most: str, closed: str) -> list[tuple[str, str]]:
    """When a count between fewest and most (or without end, unless closed) settles the comparison, and how."""
    no_more_than = {"<": f"{most} < {number}", "<=": f"{most} <= {number}"}
    match comparison:
        case ">=":
            return [(f"{fewest} >= {number}", TRUE_), (all_of([closed, f"{most} < {number}"]), FALSE_)]
        case ">":
            return [(f"{fewest} > {number}", TRUE_), (all_of([closed, f"{most} <= {number}"]), FALSE_)]
        case "<":
            return [(f"{fewest} >= {number}", FALSE_), (all_of([closed, no_more_than["<"]]), TRUE_)]
        case "<=":
            return [(f"{fewest} > {number}", FALSE_), (all_of([closed, no_more_than["<="]]), TRUE_)]
        case _:
            yes, no = (TRUE_, FALSE_) if comparison == "=" else (FALSE_, TRUE_)
            one = f"{fewest} = {most} AND {most} = {number}"
            return [
                (f"{fewest} > {number}", no),
                (all_of([closed, one]), yes),
                (all_of([closed, f"{most} < {number}"]), no),
            ]
