"""One identifier that may be that of two people: their dates of birth tell."""

from collections import defaultdict
from dataclasses import replace

from ..concepts import Vocabulary
from ..dates import Span
from ..facts import Fact, Reading, Unread


def with_strangers_told(reading: Reading, vocabulary: Vocabulary) -> Reading:
    """The reading with a remark where one identifier has different birth dates: it may be that of two people."""
    once = {name for name, concept in vocabulary.items() if concept.kind == "date" and concept.once}
    stated: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in reading.facts:
        if fact.concept in once and isinstance(fact.value, Span):
            stated[fact.person, fact.concept].append(fact)
    differing = [
        Unread(
            "; ".join(dict.fromkeys(fact.source for fact in facts)), vocabulary[concept].label,
            f"it differs ({', '.join(dict.fromkeys(str(fact.value) for fact in facts))}): is this one person?",
            "identifier of two people", person, held=True,
        )
        for (person, concept), facts in stated.items()
        if max(fact.when.lo for fact in facts) > min(fact.when.hi for fact in facts)
    ]  # fmt: skip
    return replace(reading, unread=(*reading.unread, *differing)) if differing else reading
