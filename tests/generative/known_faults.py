"""Faults of the evaluator that are known, each with its own failing test under tests/unit/rules: drawn rules avoid them.

When one is mended its line here goes, and the generated tests watch over it from then on.
"""

from equipoise.facts import Nothing
from equipoise.rules.nodes import Age, AllOf, AnyOf, Change, Elapsed, Is, Not, Rule, Unless, every_rule

from ..asking import WORDS
from .strategies import Person


def known_fault(rule: Rule, person: Person) -> str:
    """The known fault that the rule may run into with this person's facts; "" when there is none."""
    for node in every_rule(rule):
        match node:
            case Not() | AllOf() | AnyOf() | Unless():
                continue
            case Age():
                name = node.moment.look.concept if node.moment.look is not None else ""
                if node.moment.or_today and any(fact.doubt and fact.concept == name for fact in person.facts):
                    return "a moment in doubt is passed over for today"
                continue
        look, comparison = node.look, getattr(node, "comparison", "")
        extreme = look.selector in ("highest", "lowest")
        if extreme and comparison in ("=", "!="):
            return "highest = asks any"
        if extreme and isinstance(node, Is):
            return "highest of answers: unclear ones, and answers wanted on both sides"
        if look.window is not None and (extreme or look.selector == "every"):
            return "every in a window in which there may be none"
        if isinstance(node, Elapsed) and look.selector == "latest":
            lasting = any(fact.end is not None and fact.concept == look.concept for fact in person.facts)
            if look.where is not None or lasting:
                return "since the latest such event"
        if isinstance(node, Change):
            return "a baseline of zero, or of two values of one day"
        if look.field and look.concept in WORDS and WORDS[look.concept].fields[look.field].absence == "no":
            return "records without a field whose absence is a no"
        if isinstance(node, Is) and any(isinstance(f.value, Nothing) and f.concept == look.concept for f in person.facts):
            return "a statement of none beside a yes or no"
        if any(isinstance(fact.value, Nothing) for fact in person.facts):
            return "an old statement of none"
    return ""
