"""A translation as it is run: steps that each make a table, then the truths of everybody."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

PEOPLE: Final = "people"


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


def assembled(steps: Sequence[Step], truths: str, beyond: str, tables: Mapping[str, str]) -> Query:
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
