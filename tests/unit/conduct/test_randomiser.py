"""The randomiser's own room: one answer a person, nothing shown too early, nothing changed afterwards."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.allocations import BLOCKS, KEY, PLAN, SEED, comers, minimised

from equipoise.conduct.randomise import commitment
from equipoise.conduct.randomiser import Randomiser
from equipoise.faults import Fault
from equipoise.protocol.allocation import Allocation

G1_R0 = {"grade": "G1", "margin": "R0"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    Randomiser.create(tmp_path / "store", KEY, PLAN, SEED)
    return tmp_path / "store"


@pytest.fixture(params=["file", "memory"])
def randomiser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Randomiser]:
    if request.param == "file":
        yield Randomiser.create(tmp_path / "store", KEY, PLAN, SEED)
    else:
        yield Randomiser.in_memory(PLAN, SEED)


def test_it_gives_the_committed_list(randomiser: Randomiser) -> None:
    letters = "".join(randomiser.allocate(f"P-{number}", G1_R0, "S1").letter for number in range(24))
    assert letters == "ABABBAABBABBAAABAABBBAAB"  # the vector of tests/independent
    assert randomiser.commitment() == commitment("NELMAS", SEED)


def test_asked_twice_it_gives_the_first_answer(randomiser: Randomiser) -> None:
    answers = {person: randomiser.allocate(person, levels, site) for person, levels, site in comers(30)}
    assert all(answer.first for answer in answers.values())
    for person, answer in answers.items():
        again = randomiser.allocate(person, {"grade": "G2", "margin": "R1"}, "elsewhere")
        assert not again.first and again == replace(answer, first=False)
    assert [each.person for each in randomiser.used()] == list(answers)


def test_a_refusal_uses_no_slot(randomiser: Randomiser) -> None:
    with pytest.raises(Fault):
        randomiser.allocate("P-1", {"grade": "G1"})
    with pytest.raises(Fault, match="name the person"):
        randomiser.allocate(" ", G1_R0)
    assert randomiser.used() == ()
    assert randomiser.allocate("P-2", G1_R0).number == 1


def test_the_seed_comes_out_only_after_the_lock_and_then_nobody_comes_in(randomiser: Randomiser) -> None:
    first = randomiser.allocate("P-1", G1_R0)
    with pytest.raises(Fault, match="stays sealed until the trial's data are locked"):
        randomiser.reveal(locked=False)
    assert randomiser.reveal(locked=True) == SEED == randomiser.reveal(locked=True)
    with pytest.raises(Fault, match="nobody can be randomised any more"):
        randomiser.allocate("P-2", G1_R0)
    assert randomiser.allocate("P-1", G1_R0) == replace(first, first=False)


# ---------------------------------------------------------------- the store in a file
def test_it_is_the_same_after_opening_again(store: Path) -> None:
    first = Randomiser.open(store, KEY).allocate("P-1", G1_R0, "S1")
    again = Randomiser.open(store, KEY, PLAN)
    assert again.allocate("P-1", G1_R0, "S1") == replace(first, first=False)
    assert again.scheme() == BLOCKS


def test_the_store_shows_neither_seed_nor_key(store: Path) -> None:
    randomiser = Randomiser.open(store, KEY)
    for person, levels, site in comers(20):
        randomiser.allocate(person, levels, site)
    content = store.read_bytes()
    for secret in (SEED, KEY):
        assert secret not in content and secret.hex().encode() not in content.lower()
    assert KEY.hex() not in repr(randomiser) and str(KEY) not in repr(randomiser)


def test_only_its_owner_may_read_it(store: Path) -> None:
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_two_seeds_under_one_key_never_share_a_nonce(tmp_path: Path) -> None:
    nonces: set[bytes] = set()
    for number in range(5):
        Randomiser.create(tmp_path / f"{number}", KEY, PLAN, bytes([number]) * 32)
        nonces.add(asked(tmp_path / f"{number}", "SELECT nonce FROM plan"))
    assert len(nonces) == 5


def asked(store: Path, statement: str) -> bytes:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(statement).fetchone()[0]


REFUSED: list[tuple[str, Callable[[Path], object], str]] = [
    ("a wrong key", lambda store: Randomiser.open(store, SEED), "The key does not open"),
    ("a short key", lambda store: Randomiser.open(store, KEY[:31]), "is 32 random bytes; this one has 31"),
    ("a short seed", lambda store: Randomiser.create(store.with_name("new"), KEY, PLAN, b"seed"), "this one has 4"),
    ("a missing file", lambda store: Randomiser.open(store.with_name("none"), KEY), "There is no randomiser's store"),
    ("a second time", lambda store: Randomiser.create(store, KEY, PLAN, SEED), "There is something at"),
    ("no plan", lambda store: Randomiser.create(store.with_name("new"), KEY, Allocation(), SEED), "allocates nobody"),
    (
        "another scheme",
        lambda store: Randomiser.open(store, KEY, Allocation(replace(BLOCKS, block_sizes=(4, 6, 8)))),
        "was made for the block_sizes [4,6], the trial now says [4,6,8]: a committed scheme cannot be changed",
    ),
    ("another method", lambda store: Randomiser.open(store, KEY, Allocation(minimised())), "for the method"),
]


@pytest.mark.parametrize(("act", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses_in_one_sentence(store: Path, act: Callable[[Path], object], told: str) -> None:
    with pytest.raises(Fault) as caught:
        act(store)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database at all, " * 20)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE plan (one)")
        other.commit()
    for name in ("text", "other"):
        with pytest.raises(Fault, match="is not a randomiser's store"):
            Randomiser.open(tmp_path / name, KEY)
        with pytest.raises(Fault):
            Randomiser.create(tmp_path / name, KEY, PLAN, SEED)


def test_an_empty_file_left_by_a_power_cut_is_filled(tmp_path: Path) -> None:
    (tmp_path / "store").touch()
    assert Randomiser.create(tmp_path / "store", KEY, PLAN, SEED).used() == ()


STATEMENTS = [
    "UPDATE plan SET scheme = '{}'",
    "DELETE FROM plan",
    "INSERT OR REPLACE INTO plan VALUES (1, '', '', x'00', x'00')",
    "UPDATE allocated SET arm = 'Arm 2'",
    "DELETE FROM allocated",
    "INSERT OR REPLACE INTO allocated VALUES (1, 'P-1', 'S', '{}', 'Arm 2')",
    "INSERT OR REPLACE INTO allocated VALUES (2, 'P-1', 'S', '{}', 'Arm 2')",
    "INSERT INTO allocated VALUES (3, 'P-9', 'S', '{}', 'Arm 2')",
    "INSERT INTO allocated VALUES (2, 'P-1', 'S', '{}', 'Arm 2') ON CONFLICT DO UPDATE SET arm = 'Arm 2'",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_store_changes_nothing_that_was_given(store: Path, statement: str) -> None:
    Randomiser.open(store, KEY).allocate("P-1", G1_R0, "S")
    with closing(sqlite3.connect(store)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


CHANGES = [
    ("plan", "UPDATE plan SET scheme = replace(scheme, '[4,6]', '[4,4]')", "The key does not open"),
    ("plan", "UPDATE plan SET commitment = 'other'", "is not that of its seed"),
    ("allocated", "UPDATE allocated SET arm = 'Arm 2' WHERE number = 1", "the seed Arm 1: the store was changed"),
]


@pytest.mark.parametrize(("table", "statement", "told"), CHANGES)
def test_a_change_past_the_guards_is_found(store: Path, table: str, statement: str, told: str) -> None:
    assert Randomiser.open(store, KEY).allocate("P-1", G1_R0, "S").arm == "Arm 1"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(f"DROP TRIGGER {table}_stays_update")
        connection.execute(statement)
        connection.commit()
    with pytest.raises(Fault) as caught:
        Randomiser.open(store, KEY).allocate("P-1", G1_R0, "S")
    assert told in str(caught.value)


def test_a_store_that_cannot_be_written_gives_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.conduct.randomiser._PATIENCE", 0.01)
    randomiser = Randomiser.open(store, KEY)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Fault, match="cannot be used now"):
            randomiser.allocate("P-1", G1_R0)
        other.execute("ROLLBACK")
    assert randomiser.allocate("P-1", G1_R0).first


def test_an_older_copy_of_the_store_gives_nobody_a_slot(tmp_path: Path) -> None:
    """R25, R26: a store that was rolled back would give slots a second time; the ledger tells."""
    randomiser = Randomiser.create(tmp_path / "list.sqlite", KEY, PLAN, SEED)
    first = randomiser.allocate("P-1", G1_R0)
    with pytest.raises(Fault, match=r"does not hold the allocation of P-0, which the ledger has: it is an older copy"):
        randomiser.allocate("P-2", G1_R0, given={"P-1": first.arm, "P-0": first.arm})
    assert [each.person for each in randomiser.used()] == ["P-1"]
    assert randomiser.allocate("P-2", G1_R0, given={"P-1": first.arm}).number == 2
