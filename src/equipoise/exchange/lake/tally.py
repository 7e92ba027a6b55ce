"""How much could not be read, by kind, with some examples of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ...facts import Unread
from .manifest import EXAMPLES, Kind


class Tally:
    """Counts what could not be read by its kind, and keeps some sentences of each."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = defaultdict(list)

    def add(self, entries: Iterable[Unread]) -> None:
        for each in entries:
            self.counts[each.kind] += 1
            examples = self.examples[each.kind]
            if len(examples) < EXAMPLES:
                examples.append(": ".join(dict.fromkeys(text for text in (each.source, each.what, each.why) if text)))

    def join(self, kinds: Mapping[str, Kind]) -> None:
        """Adds what was counted elsewhere."""
        for name, kind in kinds.items():
            self.counts[name] += kind.count
            self.examples[name] = [*self.examples[name], *kind.examples][:EXAMPLES]

    def kinds(self) -> dict[str, Kind]:
        return {kind: Kind(count, tuple(self.examples[kind])) for kind, count in sorted(self.counts.items())}
