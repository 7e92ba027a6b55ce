"""How facts decide together: one of them does (latest, first), or all of them do (any, every).

The counterpart of evaluate._over_one and evaluate._over_all.
"""

from collections.abc import Mapping
from typing import Final

from ...concepts import Concept
from ..nodes import Look, Rule
from .groundwork import Groundwork, Needs
from .text import FALSE_, TRUE_, UNKNOWN_, case, negated

AGREED: Final = "CASE WHEN min(t) = max(t) THEN min(t) ELSE 1 END"
EXTREMES: Final = ("highest", "lowest")


class Deciding(Groundwork):
    """Rules over several facts. `truth` is the translation's own."""

    __slots__ = ()

    def truth(self, rule: Rule, needs: Needs, here: Concept | None = None) -> str:
        """The truth of a rule about a person; within a `where` also about the record f of the concept `here`."""
        raise NotImplementedError

    def fulfils(self, look: Look, needs: Needs) -> str:
        """Does the fact f fulfil the look's `where`?"""
        if look.where is None:
            return case([("f.doubt", UNKNOWN_)], TRUE_)
        return case([("f.doubt", UNKNOWN_)], self.truth(look.where, needs, self.vocabulary[look.concept]))

    # ------------------------------------------------------------ one fact decides, or all do

    def selected(self, look: Look, selector: str, truth: str, inner: Needs, needs: Needs) -> str:
        """evaluate._judged: by the selector; unknown when no fact can be used."""
        rows = self.rows(look, truth, inner)
        if selector in ("latest", "first"):
            return self.over_one(look, rows, selector == "first", needs)
        settles = TRUE_ if selector == "any" else FALSE_
        found = self.gathered(look.concept, rows, settles)
        self.needed(found, needs)
        absent = [(self.lacking(look.window, needs), UNKNOWN_), (f"{found}.key IS NULL", UNKNOWN_)]
        return case(absent, self.over_all(look.concept, found, settles, needs))

    def over_one(self, look: Look, rows: str, first: bool, needs: Needs) -> str:
        """evaluate._over_one: what all that may be the latest (first) say, when one of them surely counts."""
        led = self.needed(self.step(f"lead_{look.concept}", leading(rows, first)), needs)
        return case([(self.lacking(look.window, needs), UNKNOWN_)], f"coalesce({led}.t, 1)")

    def gathered(self, name: str, rows: str, settles: str, truth: str = "t") -> str:
        """One row a person with a fact found: what evaluate._over_all asks of them together."""
        return self.step(
            f"all_{name}",
            f"SELECT key, min(CASE WHEN inside = 2 AND {truth} = {settles} THEN when_lo END) AS settled,\n"
            f"  max(CASE WHEN {truth} = 1 OR {truth} = {settles} THEN 1 ELSE 0 END) AS unsettled,\n"
            "  max(inside) AS inside\n"
            f"FROM (\n{rows}\n) f GROUP BY key",
        )

    def over_all(self, name: str, found: str, settles: str, needs: Needs) -> str:
        """evaluate._over_all of a person, also of one without a fact found."""
        about = self.needed(self.about(name), needs)
        contradicted = f"{found}.settled <= {about}.none_hi"
        nothing_sure = f"coalesce({found}.inside, 0) < 2" if settles == FALSE_ else "FALSE"
        return case(
            [
                (f"{found}.settled IS NOT NULL AND {contradicted}", UNKNOWN_),
                (f"{found}.settled IS NOT NULL", settles),
                (f"{found}.unsettled = 1", UNKNOWN_),
                (denied(self.closed(name, needs)), UNKNOWN_),
                (nothing_sure, UNKNOWN_),
            ],
            negated(settles),
        )


def leading(rows: str, first: bool, marked: str = "") -> str:
    """One row a person with a fact found: what those that may be the latest (first) say; NULL when none surely counts.

    marked: a condition of the facts; the column of that name tells whether one that may be the latest fulfils it.
    """
    if first:
        return agreeing(rows, "min(CASE WHEN inside = 2 THEN when_hi END)", "when_lo", latest=False, marked=marked)
    return agreeing(rows, "max(CASE WHEN inside = 2 THEN when_lo END)", "when_hi", latest=True, marked=marked)


def agreeing(
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


def denied(condition: str) -> str:
    return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(condition, f"NOT coalesce({condition}, FALSE)")


def quantifier(selector: str, comparison: str) -> str:
    """evaluate._quantifier: the highest value is below a limit when every value is, and above it when any is."""
    if selector not in EXTREMES:
        return selector
    downward = comparison in ("<", "<=")
    return "every" if downward == (selector == "highest") else "any"
