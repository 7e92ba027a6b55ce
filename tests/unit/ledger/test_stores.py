"""What every store must do alike: write all or nothing, in order, and never change what stands."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.ledgers import draft, same_salts, taking_away

from equipoise.faults import Fault
from equipoise.ledger.checkpoints import signed
from equipoise.ledger.entry import Draft, Entry
from equipoise.ledger.memory import MemoryStore
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.store import Earlier, Head, Moved, Store, append_at
from equipoise.ledger.verify import verify

KEY = bytes(range(32))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore(same_salts())
    else:
        with SqliteStore(tmp_path / "trial.ledger", same_salts(), durability="off") as kept:
            yield kept


@pytest.fixture
def filled(store: Store) -> Store:
    """Six entries about two people: facts, a correction, a void, a query, and a signature."""
    store.append([draft(1), draft(2, subject="P-002", body={"concept": "alt"}), draft(3, body={"concept": "alt"})])
    store.append([draft(4, target=1, reason="misread"), draft(5, kind="void", target=3, body={}, reason="not theirs")])
    store.append([draft(6, kind="query_opened", subject="P-002", target=2, body={"text": "so high?"})])
    return store


def numbers(entries: Iterator[Entry]) -> list[int]:
    return [entry.seq for entry in entries]


# ---------------------------------------------------------------- append
def test_an_empty_ledger_has_a_head_of_its_own(store: Store) -> None:
    assert store.head() == Head(0, "0" * 64, "")
    assert list(store.entries()) == [] and store.checkpoints() == []
    assert verify(store).ok


def test_entries_are_numbered_from_one_and_read_back_as_they_were_given(store: Store) -> None:
    given = draft(reason="späte Meldung", target=0)
    (entry,) = store.append([given])
    assert store.entry(1) == entry and list(store.entries()) == [entry]
    for name in ("at", "actor", "role", "site", "kind", "version", "subject", "target", "reason", "body", "concept"):
        assert getattr(entry, name) == getattr(given, name)
    assert store.head() == Head(1, entry.hash, entry.at)


def test_both_stores_make_the_same_chain(tmp_path: Path) -> None:
    drafts = [draft(1), draft(2, reason="because", target=1), draft(3, body={})]
    memory = MemoryStore(same_salts())
    with SqliteStore(tmp_path / "trial.ledger", same_salts()) as kept:
        assert kept.append(drafts) == memory.append(drafts)


def test_no_draft_writes_nothing(store: Store) -> None:
    assert store.append([]) == []
    assert store.head().seq == 0


@pytest.mark.parametrize(
    ("second", "fault"), [(draft(14), Earlier), (draft(15, target=2), Fault), (draft(15, target=9), Fault)]
)
def test_all_or_nothing(store: Store, second: Draft, fault: type[Fault]) -> None:
    with pytest.raises(fault):
        store.append([draft(15), second])
    assert store.head().seq == 0 and list(store.entries()) == []
    assert [entry.seq for entry in store.append([draft(14)])] == [1]


def test_times_never_go_back_but_may_stand_still(store: Store) -> None:
    store.append([draft(15)])
    with pytest.raises(Earlier, match=r"check the clock"):
        store.append([draft(14)])
    assert [entry.seq for entry in store.append([draft(15), draft(15)])] == [2, 3]


def test_who_decided_on_an_older_head_is_told_to_look_again(store: Store) -> None:
    store.append([draft(1)], expected=0)
    with pytest.raises(Moved, match=r"entry 1\): look again"):
        store.append([draft(2)], expected=0)
    assert store.head().seq == 1
    assert store.append([draft(2)], expected=1)[0].seq == 2


def test_deciding_again_when_somebody_else_wrote_in_between(store: Store) -> None:
    seen: list[int] = []

    def decide(head: Head) -> list[Draft]:
        seen.append(head.seq)
        if len(seen) == 1:
            store.append([draft(1)])
        return [draft(2, body={"seen": head.seq})]

    assert append_at(store, decide)[0].body == {"seen": 1}
    assert seen == [0, 1]


def test_who_is_always_late_gives_up(store: Store) -> None:
    def decide(head: Head) -> list[Draft]:
        store.append([draft(1)])
        return [draft(2)]

    with pytest.raises(Moved):
        append_at(store, decide)
    assert store.head().seq == 3


def test_what_was_read_cannot_change_what_stands(filled: Store) -> None:
    body = filled.entry(1).body
    assert isinstance(body, dict)
    body["value"] = "edited"
    assert filled.entry(1).body == draft().body and verify(filled).ok


def test_a_copy_in_memory_goes_on_alone(filled: Store) -> None:
    with filled.rows() as rows:
        copy = MemoryStore.of_rows(rows, same_salts())
    assert list(copy.of("P-001")) == list(filled.of("P-001"))
    copy.append([draft(7)])
    assert verify(copy).entries == 7 and filled.head().seq == 6


# ---------------------------------------------------------------- read
@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda store: store.entries(), [1, 2, 3, 4, 5, 6]),
        (lambda store: store.entries(since=4), [5, 6]),
        (lambda store: store.entries(until=2), [1, 2]),
        (lambda store: store.entries(1, 3), [2, 3]),
        (lambda store: store.entries(6), []),
        (lambda store: store.of(), [1, 2, 3, 4, 5, 6]),
        (lambda store: store.of("P-001"), [1, 3, 4, 5]),
        (lambda store: store.of("P-001", concept="haemoglobin"), [1, 4]),
        (lambda store: store.of("P-001", concept="alt"), [3, 5]),
        (lambda store: store.of(concept="alt"), [2, 3, 5, 6]),
        (lambda store: store.of(kinds=("void", "query_opened")), [5, 6]),
        (lambda store: store.of("P-002", kinds=("fact",)), [2]),
        (lambda store: store.of("P-001", since=1, until=4), [3, 4]),
        (lambda store: store.of(kinds=("fact",), since=2), [3, 4]),
        (lambda store: store.of("P-003"), []),
        (lambda store: store.of(kinds=("signed",)), []),
    ],
)
def test_what_is_asked_is_what_comes(
    filled: Store, ask: Callable[[Store], Iterator[Entry]], expected: list[int]
) -> None:
    assert numbers(ask(filled)) == expected


@pytest.mark.parametrize("seq", [0, -1, 7])
def test_an_entry_that_is_not_there(filled: Store, seq: int) -> None:
    with pytest.raises(Fault, match=f"no entry {seq}"):
        filled.entry(seq)


def test_many_entries_come_in_order_while_others_are_written(store: Store) -> None:
    store.append([draft(1, subject=f"P-{number % 3}") for number in range(1300)])
    met: list[int] = []
    for entry in store.of("P-1"):
        met.append(entry.seq)
        if entry.seq % 500 == 2:
            store.append([draft(2)])
    assert met == list(range(2, 1301, 3))
    assert numbers(store.entries(until=1300)) == list(range(1, 1301))


# ---------------------------------------------------------------- redact
def test_a_redaction_takes_the_content_away_and_says_who_and_why(filled: Store) -> None:
    redaction = filled.redact(4, "body", taking_away(subject="another"))
    gone = filled.entry(4)
    assert gone.body is None and gone.body_salt is None and gone.reason == "misread"
    assert (redaction.kind, redaction.target, redaction.subject, redaction.concept) == (
        "redaction",
        4,
        "P-001",
        "haemoglobin",
    )
    assert (redaction.actor, redaction.reason) == ("u-02", "a name was typed into the comment")
    assert redaction.body == {"part": "body"}
    assert verify(filled).ok


def test_a_reason_can_be_redacted_too(filled: Store) -> None:
    filled.redact(4, "reason", taking_away())
    gone = filled.entry(4)
    assert gone.reason is None and gone.reason_salt is None and gone.reason_hash and gone.body == draft().body
    filled.redact(4, "body", taking_away(31))
    assert verify(filled).ok


def test_what_cannot_be_redacted(filled: Store) -> None:
    filled.redact(1, "body", taking_away())
    for seq, given, words in (
        (7, taking_away(31), "is a redaction itself"),
        (1, taking_away(31), "redacted already"),
        (2, taking_away(31, reason=" "), "needs a reason"),
        (9, taking_away(31), "no entry 9"),
    ):
        with pytest.raises(Fault, match=words):
            filled.redact(seq, "body", given)
    with pytest.raises(Fault, match="no reason that could be redacted"):
        filled.redact(2, "reason", taking_away(31))
    assert filled.head().seq == 7 and verify(filled).ok


def test_a_redaction_is_never_only_written_down(filled: Store) -> None:
    with pytest.raises(ValueError, match="by `redact`"):
        filled.append([taking_away(target=1)])


def test_a_redaction_that_fails_takes_nothing_away(filled: Store) -> None:
    with pytest.raises(Earlier):
        filled.redact(1, "body", taking_away(0))
    assert filled.entry(1).body == draft().body and filled.head().seq == 6


# ---------------------------------------------------------------- checkpoints
def test_checkpoints_are_kept_in_their_order(filled: Store) -> None:
    one = signed(filled.head(), "2026-03-02T11:00:00.000000Z", KEY)
    filled.add_checkpoint(one)
    filled.append([draft(20)])
    two = signed(filled.head(), "2026-03-02T12:00:00.000000Z", KEY)
    filled.add_checkpoint(two)
    assert filled.checkpoints() == [one, two]
    assert verify(filled).ok


@pytest.mark.parametrize("head", [Head(6, "ab" * 32, ""), Head(9, "ab" * 32, "")])
def test_a_checkpoint_of_another_ledger_is_refused(filled: Store, head: Head) -> None:
    with pytest.raises(Fault, match="not of this ledger"):
        filled.add_checkpoint(signed(head, "2026-03-02T11:00:00.000000Z", KEY))
    assert filled.checkpoints() == []


def test_no_store_has_a_way_to_switch_the_trail_off() -> None:
    """R05: what a store can do is all that a program can do to the trail."""
    verbs = {"head", "append", "entries", "of", "entry", "redact", "rows", "check", "add_checkpoint", "checkpoints"}
    for kind, more in ((MemoryStore, {"of_rows"}), (SqliteStore, {"close", "copy", "reading"})):
        assert {name for name in vars(kind) if not name.startswith("_")} == verbs | more
