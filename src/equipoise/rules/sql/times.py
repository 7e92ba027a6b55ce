"""Time: since an event, until one, and ages."""

from collections.abc import Sequence
from typing import Final

from ...dates import LATEST
from ..nodes import Age, Elapsed, Look
from . import values
from .deciding import AGREED, Deciding, agreeing
from .groundwork import Needs, join
from .text import FALSE_, TRUE_, UNKNOWN_, all_of, case, day, least, negated

JUDGED: Final = "CASE WHEN t = 1 THEN 1 ELSE near END"


class Times(Deciding):
    """The counterpart of evaluate._elapsed and evaluate._age."""

    __slots__ = ()

    def such(self, look: Look, judged: str, more: Sequence[str]) -> str:
        """The events that fulfil, or may fulfil, the `where`; t: do they? j: what each says by `judged`."""
        inner: Needs = {}
        truth = self.fulfils(look, inner)
        rows = self.rows(look, truth, inner, [f"{judged} AS near", *more])
        counts = "inside = 2" if look.where is None else "inside = 2 AND t = 2"
        return f"SELECT *, CASE WHEN {counts} THEN 1 ELSE 0 END AS counts\nFROM (\n{rows}\n) e WHERE t <> 0"

    def since(self, rule: Elapsed, needs: Needs) -> str:
        look = rule.look
        negates = rule.comparison in (">", ">=")
        near = values.near("f.over_lo", "f.over_hi", rule, self.on, self.dialect)
        rows = self.such(look, near, ["f.over_lo", "f.over_hi"])
        if look.selector == "any":
            found = self.gathered(look.concept, rows, TRUE_, "CASE WHEN t = 1 AND near <> 0 THEN 1 ELSE near END")
            truth = self.over_all(look.concept, found, TRUE_, needs)
        else:
            turn = "max(CASE WHEN counts = 1 THEN over_lo END)"
            judged = f"SELECT key, over_lo, over_hi, counts, {JUDGED} AS t FROM (\n{rows}\n) e"
            found = self.step(f"last_{look.concept}", agreeing(judged, turn, "over_hi", latest=True))
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

    def until(self, rule: Elapsed, needs: Needs) -> str:
        look = rule.look
        dated = self.dated(look.concept)
        lo, hi = (f"coalesce(f.value_{e}, f.when_{e})" if dated else f"f.when_{e}" for e in ("lo", "hi"))
        near = values.near(lo, hi, rule, self.on, self.dialect)
        distance = negated(near) if rule.comparison in (">", ">=") else near
        today = day(self.on)
        ahead = least([case([(f"{lo} >= {today}", TRUE_)], UNKNOWN_), distance])
        rows = self.such(look, ahead, [f"{lo} AS day_lo", f"{hi} AS day_hi"])
        coming = f"CASE WHEN day_hi >= {today} THEN day_lo END"
        judged = f"SELECT key, inside, {coming} AS day_lo, day_hi, {JUDGED} AS t FROM (\n{rows}\n) e"
        turn = f"coalesce(min(CASE WHEN day_lo >= {today} THEN day_hi END), {day(LATEST)})"
        surely = {"surely": "min(CASE WHEN inside = 2 THEN day_lo END)", "ahead": "min(day_lo)"}
        nexts = self.needed(
            self.step(f"next_{look.concept}", agreeing(judged, turn, "day_lo", latest=False, more=surely)), needs
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

    def age(self, rule: Age, needs: Needs) -> str:
        inner: Needs = {}
        moment = self.moment(rule.moment, inner)
        truth = case(
            [("FALSE" if rule.moment.look is None else f"{moment[0]} IS NULL", UNKNOWN_), ("f.doubt", UNKNOWN_)],
            values.of_age("f.value_lo", "f.value_hi", rule, moment, self.dialect),
        )
        joins = "".join(join(name, "f.key") for name in inner)
        facts = self.facts("birth_date")
        of_each = (
            f"SELECT f.key, f.doubt, {truth} AS t\nFROM {facts} f{joins}\nWHERE NOT f.none AND f.value_lo IS NOT NULL"
        )
        ages = self.step(
            "age",
            f"SELECT key, CASE WHEN count(CASE WHEN doubt THEN 1 END) > 0 THEN 1 ELSE {AGREED} END AS t\n"
            f"FROM (\n{of_each}\n) b GROUP BY key",
        )
        return f"coalesce({self.needed(ages, needs)}.t, 1)"
