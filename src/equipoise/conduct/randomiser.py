"""The randomiser: a room of its own, with its own store and its own key, that gives out one allocation at a time.

The seed lies in the store sealed with ChaCha20-Poly1305 under a key that is handed in each time, so neither the trial's
database nor a copy of this store shows the next allocation. The sealing also binds the scheme: a store in which either
was changed does not open. An allocation is committed before it is returned; what was returned is given again.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from hmac import digest
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ..faults import Fault
from ..ledger.canonical import canonical_text, data_of
from ..protocol.allocation import Allocation, Scheme
from .randomise import SEED_BYTES, Allocated, Placed, allocated, commitment, next_slot, scheme_body, scheme_from_body

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12  # of ChaCha20-Poly1305, RFC 8439
_OURS: Final = 0x45515241  # "EQRA", SQLite's application_id, by which a store is told from any other database
_PATIENCE: Final = 30.0  # seconds to wait for somebody else's allocation
_MEMORY: Final = ":memory:"

_TABLES: Final = f"""
CREATE TABLE plan (
    one INTEGER PRIMARY KEY CHECK (one = 1), scheme TEXT NOT NULL, commitment TEXT NOT NULL,
    nonce BLOB NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE TABLE allocated (
    number INTEGER PRIMARY KEY, person TEXT NOT NULL UNIQUE, site TEXT NOT NULL, levels TEXT NOT NULL, arm TEXT NOT NULL
) STRICT;
CREATE TABLE revealed (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
-- These two also stop INSERT OR REPLACE, which takes rows away without asking the triggers of DELETE.
CREATE TRIGGER plan_once BEFORE INSERT ON plan WHEN EXISTS (SELECT 1 FROM plan)
    BEGIN SELECT RAISE(ABORT, 'there is one plan'); END;
CREATE TRIGGER allocated_in_order BEFORE INSERT ON allocated
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM allocated)
        OR EXISTS (SELECT 1 FROM allocated WHERE person = NEW.person)
    BEGIN SELECT RAISE(ABORT, 'allocations follow one another, one a person'); END;
PRAGMA application_id = {_OURS};
"""
_FIXED: Final = "\n".join(
    f"CREATE TRIGGER {table}_stays_{act.lower()} BEFORE {act} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END;"
    for table in ("plan", "allocated", "revealed")
    for act in ("UPDATE", "DELETE")
)

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


class Randomiser:
    """Gives out allocations. Made by `create`, `open` or `in_memory`."""

    def __init__(self, path: str, key: bytes, lasting: sqlite3.Connection | None = None) -> None:
        self._path = path
        self._key = key
        self._lasting = lasting  # of a store in memory, which ends with its connection

    @classmethod
    def create(cls, path: str | Path, key: bytes, allocation: Allocation, seed: bytes) -> "Randomiser":
        """A new store at the path, which only its owner may read.

        key, seed: 32 random bytes each, from `secrets`. Raises Fault when something stands at the path already, or
        when the trial allocates nobody.
        """
        randomiser = cls(str(path), _checked(key, KEY_BYTES, "key"))
        _check_new(allocation, seed)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        randomiser._write_plan(allocation.scheme, seed)
        return randomiser

    @classmethod
    def open(cls, path: str | Path, key: bytes, allocation: Allocation | None = None) -> "Randomiser":
        """The store at the path.

        Raises Fault when there is none, when it is no randomiser's store, when the key is another or the store was
        changed, and when the trial's `allocation`, if given, is not the one that the store was made for.
        """
        if not Path(path).is_file():
            raise Fault(f"There is no randomiser's store at {path}: equipoise randomisation commit makes one.")
        randomiser = cls(str(path), _checked(key, KEY_BYTES, "key"))
        with randomiser._connected() as connection:
            scheme, _ = randomiser._opened(connection)
        if allocation is not None:
            _check_same(scheme, allocation.scheme)
        return randomiser

    @classmethod
    def in_memory(cls, allocation: Allocation, seed: bytes) -> "Randomiser":
        """A store that ends with the program, for rehearsals: the same in all else."""
        _check_new(allocation, seed)
        connection = sqlite3.connect(_MEMORY, isolation_level=None)
        randomiser = cls(_MEMORY, bytes(KEY_BYTES), connection)
        randomiser._write_plan(allocation.scheme, seed)
        return randomiser

    def __repr__(self) -> str:
        return f"Randomiser({self._path!r})"  # never the key

    # ------------------------------------------------------------ what it does
    def scheme(self) -> Scheme:
        """What the store's list is made from, but the seed."""
        with self._connected() as connection:
            return self._opened(connection)[0]

    def commitment(self) -> str:
        """The digest by which the seed can be told later, in hexadecimal."""
        with self._connected() as connection:
            scheme, seed = self._opened(connection)
            return commitment(scheme.prefix, seed)

    def allocate(
        self, person: str, levels: Mapping[str, str], site: str = "", given: Mapping[str, str] = NOBODY
    ) -> Allocated:
        """The person's allocation: the first answer again, whatever is asked, else the next one of the stratum.

        levels: factor -> level, by their ids. It is on the disk when this returns. A power cut right after may leave a
        person allocated of whom the ledger does not know: asked again, the answer is the same (first is False) and its
        entry can still be written.
        Raises Fault for a stratum that is not of the scheme, and for anybody new once the seed was revealed.
        """
        if not person.strip():
            raise Fault("Nobody can be randomised without an identifier: name the person.")
        with self._writing() as connection:
            scheme, seed = self._opened(connection)
            earlier = list(_placed(connection))
            _check_holds(given, earlier)
            known = next((number for number, each in enumerate(earlier) if each.person == person), None)
            if known is not None:
                return _given(scheme, seed, earlier[: known + 1], first=False)
            if _is_revealed(connection):
                raise Fault("The seed of this trial was revealed: nobody can be randomised any more.")
            slot = next_slot(scheme, seed, earlier, levels, site)
            connection.execute(
                "INSERT INTO allocated VALUES (?, ?, ?, ?, ?)",
                (slot.number, person, site, canonical_text(dict(levels)), slot.arm),
            )
            return allocated(scheme, slot, person, site, levels, first=True)

    def used(self) -> tuple[Allocated, ...]:
        """Every allocation given out, in their order."""
        with self._connected() as connection:
            scheme, seed = self._opened(connection)
            placed = list(_placed(connection))
        return tuple(_given(scheme, seed, placed[: number + 1], first=False) for number in range(len(placed)))

    def reveal(self, locked: bool) -> bytes:
        """The seed, once the trial's data are locked; from then on nobody is randomised. Raises Fault before.

        locked: whether the trial's ledger holds its lock, which the caller has to know.
        """
        if not locked:
            raise Fault("The seed stays sealed until the trial's data are locked: lock them first.")
        with self._writing() as connection:
            _, seed = self._opened(connection)
            connection.execute("INSERT OR IGNORE INTO revealed VALUES (1)")
            return seed

    # ------------------------------------------------------------ its store
    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection for one question: no two threads or processes ever share one."""
        if self._lasting is not None:
            yield self._lasting
            return
        try:
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as connection:
                # Every commit is on the disk before it returns; EXTRA is FULL, and the journal's end in the folder too.
                connection.execute("PRAGMA synchronous = EXTRA")
                yield connection
        except sqlite3.OperationalError as error:
            raise Fault(f"The randomiser's store {self._path} cannot be used now ({error}): try again.") from None
        except sqlite3.DatabaseError as error:
            raise Fault(f"{self._path} is not a randomiser's store, or it is damaged ({error}).") from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else writes beside; all of it is on the disk at the end, or none."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # SQLite itself rolls back when the disk is full
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _write_plan(self, scheme: Scheme, seed: bytes) -> None:
        text = canonical_text(scheme_body(scheme))
        # A nonce that follows from key, seed and scheme: two different seeds never meet under one nonce, whoever calls.
        nonce = digest(self._key, text.encode() + seed, "sha256")[:_NONCE_BYTES]
        sealed = ChaCha20Poly1305(self._key).encrypt(nonce, seed, text.encode())
        with self._writing() as connection:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise Fault(f"There is something at {self._path} already: a store is never made twice.")
            for statement in _statements(_TABLES + _FIXED):
                connection.execute(statement)
            plan = (text, commitment(scheme.prefix, seed), nonce, sealed)
            connection.execute("INSERT INTO plan VALUES (1, ?, ?, ?, ?)", plan)

    def _opened(self, connection: sqlite3.Connection) -> tuple[Scheme, bytes]:
        """The scheme and the seed, which the key opens."""
        if connection.execute("PRAGMA application_id").fetchone()[0] != _OURS:
            raise Fault(f"{self._path} is not a randomiser's store: name the file that commit made.")
        plan = connection.execute("SELECT scheme, commitment, nonce, sealed FROM plan").fetchone()
        text, stated, nonce, sealed = plan
        try:
            seed = ChaCha20Poly1305(self._key).decrypt(nonce, sealed, text.encode())
        except InvalidTag:
            raise Fault(
                f"The key does not open {self._path}: it is another store's key, or the store was changed."
            ) from None
        scheme = scheme_from_body(data_of(text))
        if commitment(scheme.prefix, seed) != stated:
            raise Fault(f"The commitment in {self._path} is not that of its seed: the store was changed.")
        return scheme, seed


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, so that they run within the transaction that is open."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""


def _check_holds(given: Mapping[str, str], placed: list[Placed]) -> None:
    """Raises Fault where the store lacks somebody, or has them in another arm: it would give slots a second time."""
    held = {each.person: each.arm for each in placed}
    for person, arm in given.items():
        if held.get(person) != arm:
            raise Fault(
                f"This store of the randomiser does not hold the allocation of {person}, which the ledger has: it is "
                "an older copy, or another. Nobody is randomised until the right one is there."
            )


def _placed(connection: sqlite3.Connection) -> Iterator[Placed]:
    rows = connection.execute("SELECT person, site, levels, arm FROM allocated ORDER BY number")
    return (Placed(person, site, data_of(levels), arm) for person, site, levels, arm in rows)


def _is_revealed(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM revealed").fetchone()[0])


def _given(scheme: Scheme, seed: bytes, until: list[Placed], first: bool) -> Allocated:
    """What was answered about the last of these people, made again from the seed and held against the store."""
    each = until[-1]
    slot = next_slot(scheme, seed, until[:-1], each.levels, each.site)
    if slot.arm != each.arm:
        raise Fault(f"The store gives {each.person} the arm {each.arm}, the seed {slot.arm}: the store was changed.")
    return allocated(scheme, slot, each.person, each.site, each.levels, first)


def _checked(secret: bytes, length: int, name: str) -> bytes:
    if len(secret) != length:
        raise Fault(f"The {name} of a randomiser is {length} random bytes; this one has {len(secret)}.")
    return secret


def _check_new(allocation: Allocation, seed: bytes) -> None:
    _checked(seed, SEED_BYTES, "seed")
    if not allocation.planned:
        raise Fault("The trial allocates nobody: its folder has no randomisation.toml.")


def _check_same(kept: Scheme, asked: Scheme) -> None:
    """Raises the sentence that names the first thing in which the trial's scheme is another than the store's."""
    asked_body = scheme_body(asked)
    for name, value in scheme_body(kept).items():
        if asked_body[name] != value:
            raise Fault(
                f"The randomiser's store was made for the {name} {canonical_text(value)}, the trial now says "
                f"{canonical_text(asked_body[name])}: a committed scheme cannot be changed."
            )
