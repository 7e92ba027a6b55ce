"""What drawn rules avoid: known faults of the evaluator, each with a failing test under tests/unit/rules, and corners
of the language that its description leaves open.

When a fault is mended its line here goes, and the generated tests watch over it from then on.
"""

from equipoise.facts import Nothing
from equipoise.rules.nodes import (
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Not,
    OwnLimit,
    Rule,
    Unless,
    every_rule,
)  # fmt: skip

from .strategies import Person


def known_fault(rule: Rule, person: Person) -> str:
    """The known fault that the rule may run into with this person's facts; "" when there is none."""
    if any(isinstance(fact.value, Nothing) and not fact.when.exact for fact in person.facts):
        return "a statement of none without an exact day is taken to be of the last day that it may be of"
    for node in every_rule(rule):
        if isinstance(node, Age | Not | AllOf | AnyOf | Unless):
            continue
        extreme = node.look.selector in ("highest", "lowest")
        if extreme and isinstance(node, Change) and node.look.window is not None:
            return "open corner: the highest of perhaps none in a window is told as false, of surely none as unknown"
        if (
            extreme
            and isinstance(node, Compare)
            and isinstance(node.limit, OwnLimit)
            and node.comparison in ("=", "!=")
        ):
            return "open corner: the highest value equal to a multiple of limits that differ from value to value"
    return ""
