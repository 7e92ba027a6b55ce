"""Faults of the evaluator that are known, each with its own failing test under tests/unit/rules: drawn rules avoid them.

When one is mended its line here goes, and the generated tests watch over it from then on.
"""

from equipoise.rules.nodes import Age, AllOf, AnyOf, Change, Elapsed, Grade, Not, Rule, Unless, every_rule

from .strategies import Person


def known_fault(rule: Rule, person: Person) -> str:
    """The known fault that the rule may run into with this person's facts; "" when there is none."""
    for node in every_rule(rule):
        if isinstance(node, Age | Not | AllOf | AnyOf | Unless):
            continue
        if isinstance(node, Grade | Change) and node.look.selector in ("highest", "lowest") and node.comparison in ("=", "!="):
            return "the highest grade (change) = asks any"
        if isinstance(node, Elapsed) and node.look.selector == "latest" and _doubtful(node, person):
            return "time is counted from an event in doubt, or of which it is open whether it is such"
    return ""


def _doubtful(node: Elapsed, person: Person) -> bool:
    facts = [fact for fact in person.facts if fact.concept == node.look.concept]
    return any(fact.doubt for fact in facts) or (node.look.where is not None and bool(facts))
