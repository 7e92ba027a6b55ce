"""What was set aside, dealt out to the parts: of each part what is about its people, and what they refer to."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ..fhir.stream import NUMBER_BITS
from .duckdb import Database, text_of
from .layout import GENERAL

VERSION: Final = "v"
_FILE: Final = 1 << NUMBER_BITS


def deal(database: Database, state: str) -> dict[int, str]:
    """Makes the tables of what goes where; gives, for each part, a digest of all that it will be made of.

    state: what else the parts depend on (the concepts, the codes).
    """
    database.run("CREATE TABLE home AS SELECT r.*, coalesce(k.key, -1) AS key, coalesce(k.part, -1) AS part "
                 "FROM routed r LEFT JOIN keyed k ON k.name = r.person")  # fmt: skip
    _versions(database)
    _shared(database)
    return _digests(database, state)


def _versions(database: Database) -> None:
    """Makes again: every version of what was met more than once. A removal goes wherever a version goes."""
    database.run(
        """CREATE TABLE repeated AS SELECT key FROM versions JOIN alive USING (source)
        GROUP BY key HAVING count(*) > 1"""
    )
    database.run(
        f"""CREATE TABLE again AS
        WITH found AS (SELECT v.*, a.position * {_FILE} + v.ordinal AS place, h.person, h.key AS home, h.part,
                h.own >= 0 AS own
            FROM versions v JOIN repeated USING (key) JOIN alive a USING (source)
            JOIN home h USING (source, batch, route)),
        placed AS (SELECT * FROM found WHERE NOT gone UNION ALL
            SELECT g.* REPLACE (p.home AS home, p.part AS part) FROM found g
            JOIN (SELECT DISTINCT key, home, part FROM found WHERE NOT gone) p USING (key) WHERE g.gone)
        SELECT part, home, place, source, person, own,
            to_json([key, updated, number, base, CASE WHEN gone THEN '1' ELSE '' END, origin]) AS content
        FROM placed"""
    )


def _shared(database: Database) -> None:
    """Makes lent: of each medication, specimen and marked diagnosis a copy for everybody who has a reference to it."""
    database.run(
        f"""CREATE TABLE lent AS SELECT DISTINCT h.part, h.key AS home, a.position * {_FILE} + s.ordinal AS place,
            s.source, s.kind, to_json([s.key, s.content]) AS content
        FROM wants w JOIN home h USING (source, batch, route) JOIN shared s ON s.key = w.key
        JOIN alive a ON a.source = s.source WHERE s.kind <> 'o'"""
    )


def _digests(database: Database, state: str) -> dict[int, str]:
    rows = database.rows(
        """WITH contributed AS (SELECT DISTINCT part, source FROM home UNION SELECT part, source FROM again
            UNION SELECT part, source FROM lent),
        files AS (SELECT part, string_agg(CAST(source AS VARCHAR), ',' ORDER BY position) AS files
            FROM contributed JOIN alive USING (source) GROUP BY part),
        ways AS (SELECT part, bit_xor(hash(source, batch, route, person)) AS ways FROM home GROUP BY part),
        people AS (SELECT part, bit_xor(hash(name, key, also, site)) AS people FROM keyed GROUP BY part)
        SELECT part, md5(concat_ws(' ', files, ways, people, ?)) FROM files
        LEFT JOIN ways USING (part) LEFT JOIN people USING (part) ORDER BY part""",
        (state,),
    )
    return dict(rows)


def shuffle(database: Database, parts: Iterable[int], folder: Path) -> None:
    """Writes everything about some parts into the folder, a folder a part."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = ", ".join(map(str, [*parts, GENERAL]))
    dealt = f"""SELECT h.part, h.key, a.position * {_FILE} + r.ordinal AS place, r.seq, r.kind, h.own >= 0 AS own,
            h.person, r.content
        FROM rows r JOIN home h USING (source, batch, route) JOIN alive a USING (source) WHERE h.part IN ({wanted})
        UNION ALL SELECT part, home, place, 0, '{VERSION}', own, person, content FROM again WHERE part IN ({wanted})
        UNION ALL SELECT part, home, place, 0, kind, false, '', content FROM lent WHERE part IN ({wanted})"""
    people = f"SELECT part, key, name, also, site FROM keyed WHERE part IN ({wanted})"
    for query, to in ((dealt, folder / "rows"), (people, folder / "people")):
        to.mkdir()
        database.run(f"COPY ({query}) TO {text_of(to)} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (part))")


def dealt_files(folder: Path, part: int) -> list[Path]:
    """What was dealt to a part."""
    return sorted((folder / "rows" / f"part={part}").glob("*.parquet"))


def people_files(folder: Path, part: int) -> list[Path]:
    """The people of a part."""
    return sorted((folder / "people" / f"part={part}").glob("*.parquet"))
