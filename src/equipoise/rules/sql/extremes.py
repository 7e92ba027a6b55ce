"""The extreme of several answers: the highest (lowest) in the order in which the concept lists them."""

from collections.abc import Iterable, Sequence

from ...concepts import Concept
from ..nodes import Is
from ..tables import field_column
from .deciding import Deciding
from .groundwork import Needs
from .text import FALSE_, TRUE_, UNKNOWN_, all_of, case, word, words


class Extremes(Deciding):
    """The counterpart of evaluate._extreme_answer."""

    __slots__ = ()

    def extreme_answer(self, rule: Is, asked: Concept, needs: Needs) -> str:
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
