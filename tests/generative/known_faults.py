"""What drawn rules avoid: known faults of the evaluator, each with a failing test under tests/unit/rules, and corners
of the language that its description leaves open.

When a fault is mended its line here goes, and the generated tests watch over it from then on.
"""

from equipoise.rules.nodes import (
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Elapsed,
    Not,
    OwnLimit,
    Rule,
    Unless,
    every_rule,
)  # fmt: skip

from .strategies import Person


def known_fault(rule: Rule, person: Person) -> str:
    """The known fault that the rule may run into with this person's facts; "" when there is none."""
    for node in every_rule(rule):
        if isinstance(node, Age | Not | AllOf | AnyOf | Unless):
            continue
        if isinstance(node, Elapsed) and node.look.selector == "latest" and _doubtful(node, person):
            return "time is counted from an event in doubt, or of which it is open whether it is such"
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


def _doubtful(node: Elapsed, person: Person) -> bool:
    facts = [fact for fact in person.facts if fact.concept == node.look.concept]
    return any(fact.doubt for fact in facts) or (node.look.where is not None and bool(facts))
