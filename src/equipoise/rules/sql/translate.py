"""Nodes -> SQL: every rule becomes one expression over one row a person; what it needs is grouped by person before.

The counterpart of rules.evaluate, branch by branch: where the reference says "every fact that may be the latest must
agree", the steps here group those facts by person and compare their truths. Nothing is approximated; a person of whom
a fact does not fit the tables is left to the reference (`Query.beyond`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ...concepts import Concept, Vocabulary
from ...quantities import changed_by
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
from ..tables import field_column
from . import values
from .deciding import EXTREMES, quantifier
from .dialects import Dialect
from .extremes import Extremes
from .groundwork import Needs, join
from .query import PEOPLE, Query, assembled
from .records import Records
from .text import TRUE_, UNKNOWN_, all_of, case, greatest, least, negated
from .times import Times


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
    asked: list[tuple[str, Needs]] = []
    for name, rule in rules.items():
        needs: Needs = {}
        asked.append((f"CAST({made.truth(rule, needs)} AS TINYINT) AS {dialect.named(name)}", needs))
    for name, moment in (moments or {}).items():
        needs = {}
        lo, hi = made.moment(moment, needs)
        asked.append((f"{lo} AS {dialect.named(f'{name}_lo')}, {hi} AS {dialect.named(f'{name}_hi')}", needs))
    truths = _beside_each_other(asked)
    beyond = made.beyond(rules.values())  # may take steps of its own
    return assembled(list(made.steps.values()), truths, beyond, made.tables)


_AT_ONCE: Final = 8  # tables joined at once: with all at once a row is so wide that Spark takes three times as long


def _beside_each_other(asked: Sequence[tuple[str, Needs]]) -> str:
    """One row a person: the key and all that is asked. Columns that need only a few tables are found together."""
    together: list[tuple[list[str], Needs]] = []
    for column, needs in asked:
        if together and len(together[-1][1] | needs) <= _AT_ONCE:
            together[-1][0].append(column)
            together[-1][1].update(needs)
        else:
            together.append(([column], dict(needs)))
    sql = f"SELECT key FROM {PEOPLE}"
    for number, (columns, needs) in enumerate(together):
        known, source = ("p.*", f"(\n{sql}\n)") if number else ("p.key", PEOPLE)
        joins = "".join(join(name, "p.key") for name in needs)
        sql = f"SELECT {known}, " + ",\n  ".join(columns) + f"\nFROM {source} p{joins}"
    return sql


class _Translation(Records, Times, Extremes):
    """All rules. See rules.evaluate, whose names these bear."""

    __slots__ = ()

    def beyond(self, rules: Iterable[Rule]) -> str:
        """The keys of those of whom a fact does not fit the tables, or whose value only a formula gives; of everybody
        where a rule's own number does not fit."""
        rules = list(rules)
        if any(not values.fits_of(node) for rule in rules for node in every_rule(rule)):
            return f"SELECT key FROM {PEOPLE}"
        asked = dict.fromkeys(sorted({name for rule in rules for name in concepts_of(rule)}))
        parts = dict.fromkeys(part for name in asked for part in self.parts(name))
        selects = [f"SELECT key FROM {self.table(part)} WHERE beyond" for part in parts]
        for name in parts:
            if self.vocabulary[name].formula:
                selects += [f"SELECT key FROM {self.table(name)}", self._computable(name)]
        for rule in rules:
            for node in every_rule(rule):
                if isinstance(node, Change):
                    unit = f"{prefix_of(node.look)}unit"
                    facts = self.facts(node.look.concept)
                    selects.append(f"SELECT key FROM {facts} GROUP BY key HAVING count(DISTINCT {unit}) > 1")
        return "\nUNION\n".join(dict.fromkeys(selects)) or f"SELECT key FROM {PEOPLE} WHERE FALSE"

    def _computable(self, name: str) -> str:
        """The keys of those of whom there may be every input of a formula."""
        inputs = self.vocabulary[name].inputs.values()
        looked_up = [each for each in inputs if not any(self.vocabulary[part].formula for part in self.parts(each))]
        all_known = all_of(f"key IN (SELECT key FROM {self.facts(each)})" for each in looked_up)
        return f"SELECT key FROM {PEOPLE} WHERE {all_known}"

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
                return self.age(rule, needs)
            case Recorded() if rule.look.concept == HERE:
                assert rule.look.window is not None
                return self.inside(rule.look.window, needs)[0]
            case Compare() | Is() | Normal() | Grade() if rule.look.concept == HERE:
                assert here is not None
                return self.judged(rule, here, here.fields[rule.look.field])
            case Compare() | Grade() | Change() if rule.comparison in ("=", "!=") and rule.look.selector in EXTREMES:
                return self._extreme_is(rule, needs)
            case Compare() | Normal() | Grade():
                return self._of_values(rule, needs)
            case Change():
                return self._change(rule, needs)
            case Is():
                return self.answer(rule, needs)
            case Recorded():
                return self.recorded(rule, needs)
            case Count():
                return self.number(rule, needs)
            case Elapsed():
                return self.since(rule, needs) if rule.direction == "since" else self.until(rule, needs)

    def asked(self, look: Look) -> Concept:
        concept = self.vocabulary[look.concept]
        return concept.fields[look.field] if look.field else concept

    def judged(self, rule: Compare | Is | Normal | Grade, holder: Concept, asked: Concept) -> str:
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

    def _of_values(self, rule: Compare | Normal | Grade, needs: Needs) -> str:
        look = rule.look
        selector = look.selector
        if not isinstance(rule, Normal):
            selector = quantifier(selector, rule.comparison)
        truth = self.judged(rule, self.vocabulary[look.concept], self.asked(look))
        return self.selected(look, selector, truth, {}, needs)

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
        share = changed_by(Decimal(100), rule.percent if rises else -rule.percent)
        asked = self.asked(look)
        prefix = f"f.{prefix_of(look)}"
        truth = values.changed(values.bounds_of(prefix, limits=False), comparison, f"{base}.base", share)  # pyright: ignore[reportArgumentType]
        truth = case([(f"f.doubt OR {prefix}unit IS NULL OR {prefix}unit <> {base}.unit", UNKNOWN_)], truth)
        truth = truth if asked.kind == "quantity" else UNKNOWN_
        selector = quantifier(look.selector, comparison)  # pyright: ignore[reportArgumentType]
        self.needed(base, needs)
        return case([(f"{base}.key IS NULL", UNKNOWN_)], self.selected(look, selector, truth, {base: None}, needs))

    def _base(self, rule: Change) -> str:
        """One row a person whose baseline is one number above 0: the last on or before the moment, with its unit."""
        look = Look(rule.look.concept, rule.look.field, "latest", Window("before", rule.baseline))
        prefix = f"f.{prefix_of(look)}"
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
    def answer(self, rule: Is, needs: Needs) -> str:
        look = rule.look
        holder, asked = self.vocabulary[look.concept], self.asked(look)
        if look.selector in EXTREMES:
            truth = self.extreme_answer(rule, asked, needs)
        else:
            truth = self.selected(look, look.selector, self.judged(rule, holder, asked), {}, needs)
        if asked.kind != "yes_no" or look.field:
            return truth
        about = self.needed(self.about(look.concept), needs)
        nothing = f"coalesce({about}.known, 0) = 0"
        closed = self.closed(look.concept, needs)
        return case([(all_of([nothing, closed]), values.of_no_answer(rule, asked))], truth)


def prefix_of(look: Look) -> str:
    return f"{field_column(look.field)}_" if look.field else ""
