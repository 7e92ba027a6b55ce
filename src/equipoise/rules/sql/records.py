"""Records: is there such a one, and how many are there."""

from ..nodes import Count, Recorded
from .deciding import Deciding, denied, leading
from .groundwork import Needs
from .text import FALSE_, TRUE_, UNKNOWN_, all_of, case


class Records(Deciding):
    """The counterpart of evaluate._recorded and evaluate._count."""

    __slots__ = ()

    def recorded(self, rule: Recorded, needs: Needs) -> str:
        look = rule.look
        if look.selector in ("latest", "first"):
            return self.latest_record(rule, needs)
        inner: Needs = {}
        truth = self.fulfils(look, inner)
        settles = FALSE_ if look.selector == "every" else TRUE_
        found = self.needed(self.gathered(look.concept, self.rows(look, truth, inner), settles), needs)
        lacking, closed = self.lacking(look.window, needs), self.closed(look.concept, needs)
        return case(
            [
                (all_of([lacking, f"{found}.key IS NOT NULL"]), UNKNOWN_),
                (all_of([f"{found}.key IS NULL", denied(closed)]), UNKNOWN_),
            ],
            self.over_all(look.concept, found, settles, needs),
        )

    def latest_record(self, rule: Recorded, needs: Needs) -> str:
        """evaluate._latest_record: the latest decides; a statement of none from after it contradicts."""
        look = rule.look
        none = self.none(look.concept)
        inner: Needs = {none: None}
        truth = self.fulfils(look, inner)
        rows = self.rows(look, truth, inner, [f"f.when_lo <= {none}.none_hi AS denied"])
        led = self.needed(self.step(f"lead_{look.concept}", leading(rows, look.selector == "first", "denied")), needs)
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

    def number(self, rule: Count, needs: Needs) -> str:
        """evaluate._count: between those that surely count and all that may; without end unless all are known."""
        look, number = rule.look, rule.number
        inner: Needs = {}
        truth = self.fulfils(look, inner)
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
