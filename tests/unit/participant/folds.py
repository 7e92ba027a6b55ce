"""A small ledger about people, written past every door, and its fold."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.running import fact, salts

from equipoise.fact_data import fact_data
from equipoise.ledger.entry import Draft
from equipoise.ledger.memory import MemoryStore
from equipoise.participant.record import Participant, Words, body_of
from equipoise.participant.state import State, folded

DAY = date(2026, 3, 2)
WORDS = Words("consent", "death", frozenset({"full_dose", "reduced_dose"}))


class Ledger:
    """Entries of one moment each, and what they fold to."""

    def __init__(self) -> None:
        self.store = MemoryStore(salts())
        self.add("identified", {"on": DAY.isoformat()})

    def add(
        self, kind: str, body: Mapping[str, Any] | None = None, target: int = 0, reason: str = "", person: str = "P1",
        actor: str = "u-1",
    ) -> int:  # fmt: skip
        """Writes one entry and gives its number."""
        hour = self.store.head().seq
        at = f"2026-03-{2 + hour // 24:02}T{hour % 24:02}:00:00.000000Z"
        drawn = Draft(at, actor, "coordinator", "S1", kind, person, body or {}, target=target, reason=reason)
        return self.store.append([drawn])[0].seq

    def fact(self, on: date = DAY, target: int = 0, reason: str = "", **stated: Any) -> int:
        """Writes a fact, in the notation of worked cases."""
        return self.add("fact", body_of(fact_data(fact(on, **stated))), target, reason)

    def step(self, kind: str, on: date = DAY, **more: Any) -> int:
        """Writes an act that is a step."""
        return self.add(kind, {"on": on.isoformat(), **more})

    def redact(self, entry: int, part: str = "body") -> int:
        at = f"2026-03-30T00:00:{self.store.head().seq:02}.000000Z"
        draft = Draft(at, "u-2", "data_manager", "", "redaction", "P1", reason="a name")
        return self.store.redact(entry, part, draft).seq  # pyright: ignore[reportArgumentType]

    def state(self, until: int | None = None) -> State:
        return folded(self.store.entries(), WORDS, until)

    def known(self, until: int | None = None) -> Participant:
        return self.state(until).people["P1"]


def entered(ledger: Ledger) -> dict[str, int]:
    """Brings P1 to the allocation; the number of each entry by its name."""
    return {
        "consent": ledger.fact(consent={"version": "2.0"}),
        "lab": ledger.fact(haemoglobin="9.1 g/dL"),
        "screened": ledger.step("screened", verdict="eligible", protocol="d"),
        "eligible": ledger.step("eligible", meaning="eligibility", covers=[2, 3], hash="h"),
        "randomised": ledger.step(
            "randomised", person="P1", arm="Arm 2", number=1, levels={"grade": "G1"}, stratum="G1"
        ),
    }  # fmt: skip
