"""The tables of a ledger in SQLite and the guards that refuse every change, whoever asks.

BEFORE INSERT also stops REPLACE and upsert, which otherwise would delete without asking a guard. Contents are written
before their entry, so that no entry can stand without its body; and they can be deleted only when a redaction that
names them stands already, never changed.
"""

from typing import Final

from .chain import GENESIS, SALT_BYTES, Row
from .entry import REDACTION

APPLICATION_ID: Final = 0x45514C44  # "EQLD", which `file` and SQLite show for the file

_ENTRIES: Final = """\
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  site TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  subject TEXT NOT NULL,
  concept TEXT NOT NULL,
  target INTEGER NOT NULL,
  reason_hash TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT"""

_CONTENTS: Final = f"""\
CREATE TABLE contents (
  seq INTEGER NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('body', 'reason')),
  text TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = {SALT_BYTES}),
  PRIMARY KEY (seq, part)
) STRICT, WITHOUT ROWID"""

_CHECKPOINTS: Final = """\
CREATE TABLE checkpoints (
  number INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at TEXT NOT NULL,
  signature TEXT NOT NULL,
  public_key TEXT NOT NULL
) STRICT"""

_ENTRY_FOLLOWS: Final = f"""\
CREATE TRIGGER entries_insert BEFORE INSERT ON entries BEGIN
  SELECT RAISE(ABORT, 'an entry must follow the last one')
  FROM (SELECT 1) LEFT JOIN (SELECT seq, hash, at FROM entries ORDER BY seq DESC LIMIT 1) last
  WHERE NEW.seq IS NOT ifnull(last.seq, 0) + 1
    OR NEW.prev IS NOT ifnull(last.hash, '{GENESIS}')
    OR NEW.at < ifnull(last.at, '')
    OR NEW.target NOT BETWEEN 0 AND NEW.seq - 1;
  SELECT RAISE(ABORT, 'an entry needs its contents')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE seq = NEW.seq AND part = 'body')
    OR (NEW.reason_hash <> '') <> EXISTS (SELECT 1 FROM contents WHERE seq = NEW.seq AND part = 'reason');
  SELECT RAISE(ABORT, 'a redaction needs a reason, and an entry that is no redaction')
  WHERE NEW.kind = '{REDACTION}' AND (
    NEW.reason_hash = '' OR (SELECT kind FROM entries WHERE seq = NEW.target) IS '{REDACTION}' OR NEW.target = 0
  );
END"""

_CONTENT_COMES_FIRST: Final = """\
CREATE TRIGGER contents_insert BEFORE INSERT ON contents BEGIN
  SELECT RAISE(ABORT, 'contents are written once, with their entry')
  WHERE NEW.seq <= (SELECT ifnull(max(seq), 0) FROM entries)
    OR EXISTS (SELECT 1 FROM contents WHERE seq = NEW.seq AND part = NEW.part);
END"""

_CONTENT_STAYS: Final = f"""\
CREATE TRIGGER contents_delete BEFORE DELETE ON contents BEGIN
  SELECT RAISE(ABORT, 'contents can only be redacted')
  WHERE NOT EXISTS (
    SELECT 1 FROM entries JOIN contents named ON named.seq = entries.seq AND named.part = 'body'
    WHERE entries.target = OLD.seq AND entries.target > 0 AND entries.kind = '{REDACTION}'
      AND json_extract(named.text, '$.part') = OLD.part
  );
END"""

_CHECKPOINT_STANDS: Final = """\
CREATE TRIGGER checkpoints_insert BEFORE INSERT ON checkpoints BEGIN
  SELECT RAISE(ABORT, 'a checkpoint must be of an entry that stands here')
  WHERE NEW.number IS NOT (SELECT ifnull(max(number), 0) + 1 FROM checkpoints)
    OR NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq AND hash = NEW.hash);
END"""


def _never(what: str, table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{what} BEFORE {what.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} of a ledger are only ever added'); END"
    )


# By name, as SQLite keeps them: on opening they are compared letter by letter.
OBJECTS: Final[dict[str, str]] = {
    "entries": _ENTRIES,
    "contents": _CONTENTS,
    "checkpoints": _CHECKPOINTS,
    "entries_of_subject": "CREATE INDEX entries_of_subject ON entries (subject, concept)",
    "entries_of_kind": "CREATE INDEX entries_of_kind ON entries (kind)",
    "entries_of_target": "CREATE INDEX entries_of_target ON entries (target) WHERE target > 0",
    "entries_insert": _ENTRY_FOLLOWS,
    "entries_update": _never("update", "entries"),
    "entries_delete": _never("delete", "entries"),
    "contents_insert": _CONTENT_COMES_FIRST,
    "contents_update": _never("update", "contents"),
    "contents_delete": _CONTENT_STAYS,
    "checkpoints_insert": _CHECKPOINT_STANDS,
    "checkpoints_update": _never("update", "checkpoints"),
    "checkpoints_delete": _never("delete", "checkpoints"),
}

HEADER: Final = Row._fields[:14]

ADD_ENTRY: Final = f"INSERT INTO entries ({', '.join(HEADER)}) VALUES ({', '.join('?' * len(HEADER))})"
ADD_CONTENT: Final = "INSERT INTO contents (seq, part, text, salt) VALUES (?, ?, ?, ?)"
ROWS: Final = f"""\
SELECT {", ".join(f"entries.{name}" for name in HEADER)}, reasons.text, reasons.salt, bodies.text, bodies.salt
FROM entries
LEFT JOIN contents reasons ON reasons.seq = entries.seq AND reasons.part = 'reason'
LEFT JOIN contents bodies ON bodies.seq = entries.seq AND bodies.part = 'body'"""

REDACTED: Final = f"""\
SELECT 1 FROM entries JOIN contents named ON named.seq = entries.seq AND named.part = 'body'
WHERE entries.target = ? AND entries.target > 0 AND entries.kind = '{REDACTION}'
  AND json_extract(named.text, '$.part') = ?"""


def contents_of(row: Row) -> list[tuple[int, str, str | None, bytes | None]]:
    """The rows of the side table that belong to a new entry."""
    reason = [(row.seq, "reason", row.reason, row.reason_salt)] if row.reason_hash else []
    return [*reason, (row.seq, "body", row.body, row.body_salt)]
