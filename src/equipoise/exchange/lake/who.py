"""Who is who among all that was set aside: the person of every route, their identifiers, their site and their key.

The rules are those of exchange.fhir.people and of exchange.sources.merged. What only one Patient resource bears needs
no telling apart and stays in the database; the others are told apart by the same function as in a reading.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from ...facts import Unread
from ..fhir.people import Identity, Patient, identify
from ..fhir.stream import NUMBER_BITS
from .duckdb import Database

FHIR, PEOPLE = "fhir", "people"  # what a source holds: resources, or a reading of whole people
_FILE: Final = 1 << NUMBER_BITS
_TEXTS: Final = "'[\"VARCHAR\"]'"


class Alive(NamedTuple):
    """A source that counts: its number, its place in the order of reading, what it holds, and its people's site."""

    source: int
    position: int
    kind: str
    site: str = ""


_ALIVE: Final = {"source": "BIGINT", "position": "BIGINT", "kind": "VARCHAR", "site": "VARCHAR"}


def tell_people(
    database: Database, alive: Iterable[Alive], known: Sequence[Path], next_key: int, people_a_part: int
) -> list[Unread]:
    """Makes the tables routed (the person of each route) and keyed (everybody: name, key, part, also, site).

    The database has the extracts' tables. known: the files of the people of the lake as it was, who keep their keys;
    others get keys from `next_key` on, in the order in which they are met. Gives what is to be told of identities.
    """
    database.put("alive", _ALIVE, [list(column) for column in zip(*alive, strict=True)])
    identity = _tell_patients(database)
    _route(database, identity)
    unread = [*identity.unread, *_join_readings(database)]
    _name_people(database)
    _give_keys(database, known, next_key, people_a_part)
    return unread


# ---------------------------------------------------------------- Patient resources
def _tell_patients(database: Database) -> Identity:
    """Makes patient (of every Patient resource that counts), bearing (its identifiers) and person_of."""
    database.run(
        f"""CREATE TABLE patient AS SELECT a.position * {_FILE} + p.ordinal AS place, p.* EXCLUDE (source, ordinal)
        FROM patients p JOIN alive a USING (source)"""
    )
    database.run(
        f"CREATE TABLE bearing AS SELECT place, unnest(from_json(identifiers, {_TEXTS})) AS identifier FROM patient"
    )
    database.run(
        f"""CREATE TABLE difficult AS SELECT DISTINCT place FROM (
        SELECT place FROM patient WHERE key IN (SELECT key FROM patient GROUP BY key HAVING count(*) > 1)
        UNION ALL SELECT place FROM bearing WHERE NOT starts_with(identifier, '|')
            AND identifier IN (SELECT identifier FROM bearing GROUP BY identifier HAVING count(*) > 1)
        UNION ALL SELECT place FROM patient WHERE links <> '[]'
        UNION ALL SELECT place FROM patient
            WHERE key IN (SELECT unnest(from_json(links, {_TEXTS})) FROM patient WHERE links <> '[]'))"""
    )
    identity = identify(list(_patients(database)))
    told = [list(identity.person_of), list(identity.person_of.values())]
    database.put("told_apart", {"place": "BIGINT", "person": "VARCHAR"}, told)
    database.run(
        """CREATE TABLE person_of AS SELECT place, id AS person FROM patient
        WHERE place NOT IN (SELECT place FROM difficult)
        UNION ALL SELECT place, person FROM told_apart"""
    )
    return identity


def _patients(database: Database) -> Iterable[Patient]:
    columns = "key, id, identifiers, born, file, place, links, base"
    for key, name, identifiers, born, file, at, links, base in database.rows(
        f"SELECT {columns} FROM patient WHERE place IN (SELECT place FROM difficult) ORDER BY place"
    ):
        yield Patient(
            key, name, frozenset(orjson.loads(identifiers)), born, file, at, frozenset(orjson.loads(links)), base
        )


# ---------------------------------------------------------------- references to people
def _route(database: Database, identity: Identity) -> None:
    """Makes routed of the routes in FHIR, as Identity.resolve does."""
    database.run(
        """CREATE TABLE by_key AS SELECT key, count(DISTINCT person) AS n, min(person) AS person
        FROM patient JOIN person_of USING (place) GROUP BY key"""
    )
    database.run(
        """CREATE TABLE by_identifier AS
        WITH asked AS (SELECT DISTINCT substr(subject, 2) AS identifier FROM routes WHERE starts_with(subject, '?')),
        borne AS (SELECT identifier, place FROM bearing
            UNION ALL SELECT '|' || substr(identifier, instr(identifier, '|') + 1), place FROM bearing)
        SELECT '?' || identifier AS subject, count(DISTINCT person) AS n, min(person) AS person
        FROM asked JOIN borne USING (identifier) JOIN person_of USING (place) GROUP BY identifier"""
    )
    contested = [
        (subject, file, identity.resolve(subject, file))
        for subject, file in database.rows(
            """SELECT DISTINCT subject, file FROM routes JOIN alive USING (source) JOIN by_key ON key = subject
            WHERE n > 1 AND kind = 'fhir'"""
        )
    ]
    columns = {"subject": "VARCHAR", "file": "VARCHAR", "person": "VARCHAR"}
    database.put("contested", columns, [list(column) for column in zip(*contested, strict=True)])
    database.run(
        f"""CREATE TABLE routed AS SELECT r.source, r.batch, r.route, r.own, r.subject, CASE
            WHEN r.own >= 0 THEN o.person
            WHEN r.subject = '' THEN ''
            WHEN starts_with(r.subject, '?') THEN CASE coalesce(i.n, 0)
                WHEN 0 THEN regexp_replace(r.subject, '(?s)^.*\\|', '') WHEN 1 THEN i.person ELSE '' END
            WHEN k.n IS NULL THEN CASE WHEN starts_with(r.subject, 'Patient/') THEN substr(r.subject, 9)
                ELSE r.subject END
            WHEN k.n = 1 THEN k.person
            ELSE coalesce(c.person, '') END AS person,
        CASE WHEN r.first >= 0 THEN a.position * {_FILE} + r.first END AS first, a.position * {_FILE} + r.seen AS seen
        FROM routes r JOIN alive a USING (source)
        LEFT JOIN person_of o ON r.own >= 0 AND o.place = a.position * {_FILE} + r.own
        LEFT JOIN by_key k ON k.key = r.subject
        LEFT JOIN by_identifier i ON i.subject = r.subject
        LEFT JOIN contested c ON c.subject = r.subject AND c.file = r.file
        WHERE a.kind = 'fhir'"""
    )


# ---------------------------------------------------------------- readings of whole people
def _join_readings(database: Database) -> list[Unread]:
    """Adds the routes of readings to routed: a person is known by the name of the first source that has them."""
    database.run(
        """CREATE TABLE owners AS SELECT DISTINCT person AS identifier, person AS name FROM routed
        WHERE person <> '' AND first IS NOT NULL"""
    )
    database.run(
        f"""INSERT INTO owners SELECT DISTINCT unnest(from_json(known, {_TEXTS})), person
        FROM patient JOIN person_of USING (place)"""
    )
    database.run(
        """INSERT INTO owners SELECT DISTINCT substr(subject, 2), person FROM routed
        WHERE starts_with(subject, '?') AND first IS NOT NULL AND person NOT IN (SELECT person FROM person_of)
        AND person <> ''"""
    )
    database.put("called", {"source": "BIGINT", "name": "VARCHAR", "person": "VARCHAR"}, [])
    unread: list[Unread] = []
    for (source,) in list(database.rows("SELECT source FROM alive WHERE kind = 'people' ORDER BY position")):
        unread += _join_reading(database, source)
    database.run(
        f"""INSERT INTO routed SELECT r.source, r.batch, r.route, -1, r.subject, coalesce(c.person, ''),
        CASE WHEN r.first >= 0 THEN a.position * {_FILE} + r.first END, a.position * {_FILE} + r.seen
        FROM routes r JOIN alive a USING (source) LEFT JOIN called c ON c.source = r.source AND c.name = r.subject
        WHERE a.kind = 'people'"""
    )
    return unread


def _join_reading(database: Database, source: int) -> list[Unread]:
    database.run(
        f"""CREATE OR REPLACE TABLE bears AS SELECT DISTINCT name,
        unnest(list_prepend(name, from_json(also, {_TEXTS}))) AS identifier FROM people WHERE source = {source}"""
    )
    database.run(
        """CREATE OR REPLACE TABLE met AS SELECT b.name, count(DISTINCT o.name) AS n, min(o.name) AS other,
        coalesce(bool_or(o.identifier = b.name AND o.name = b.name), false) AS itself,
        list_sort(list_distinct(list(o.name))) AS others
        FROM bears b LEFT JOIN owners o USING (identifier) GROUP BY b.name"""
    )
    database.run(
        f"""INSERT INTO called SELECT {source}, name, CASE WHEN itself OR n <> 1 THEN name ELSE other END FROM met"""
    )
    database.run(
        f"""INSERT INTO owners SELECT b.identifier, c.person FROM bears b JOIN called c USING (name)
        WHERE c.source = {source} UNION SELECT person, person FROM called WHERE source = {source}"""
    )
    return [
        Unread(
            name, name,
            f"this identifier belongs to {len(others)} people of another source ({', '.join(others)}): kept apart",
            "identifier of two people", name,
        )
        for name, others in database.rows("SELECT name, others FROM met WHERE n > 1 AND NOT itself ORDER BY name")
    ]  # fmt: skip


# ---------------------------------------------------------------- everybody
def _name_people(database: Database) -> None:
    """Makes met_people: everybody by name, with the place where they are met first, further identifiers and site."""
    database.run(
        """CREATE TABLE met_people AS SELECT person AS name, min(first) AS first, min(seen) AS seen
        FROM routed WHERE person <> '' AND first IS NOT NULL GROUP BY person"""
    )
    database.run(
        """INSERT INTO met_people SELECT person, NULL, min(seen) FROM routed
        JOIN (SELECT DISTINCT source, batch, route FROM rows WHERE kind IN ('d', 'w')) USING (source, batch, route)
        WHERE person <> '' AND person NOT IN (SELECT name FROM met_people) GROUP BY person"""
    )
    database.run(
        """CREATE TABLE also AS SELECT name, list_sort(list_distinct(list(identifier))) AS also FROM owners
        WHERE identifier <> name GROUP BY name"""
    )
    database.run(
        """CREATE TABLE site AS
        WITH stated AS (
            SELECT r.person AS name, a.site, 0 AS rank, r.first AS place FROM routed r JOIN alive a USING (source)
            WHERE a.site <> '' AND r.first IS NOT NULL
            UNION ALL SELECT o.person, CASE WHEN p.site <> '' THEN p.site ELSE s.content END, 1, p.place
            FROM patient p JOIN person_of o USING (place)
            LEFT JOIN (SELECT key, min(content) AS content FROM shared JOIN alive USING (source)
                WHERE shared.kind = 'o' GROUP BY key) s ON s.key = p.organization
            UNION ALL SELECT c.person, p.site, 2, p.ordinal FROM people p JOIN called c USING (source, name))
        SELECT name, arg_min(site, (rank, place)) AS site FROM stated WHERE coalesce(site, '') <> '' GROUP BY name"""
    )


def _give_keys(database: Database, known: Sequence[Path], next_key: int, people_a_part: int) -> None:
    """Makes keyed."""
    database.view("named", known, {"person": "VARCHAR", "key": "BIGINT"})
    database.run(
        f"""CREATE TABLE keyed AS
        WITH numbered AS (SELECT name, key FROM met_people JOIN named ON person = name
            UNION ALL SELECT name, {next_key} - 1 + row_number() OVER (ORDER BY first NULLS LAST, seen, name)
            FROM met_people WHERE name NOT IN (SELECT person FROM named))
        SELECT name, key, key // {people_a_part} AS part, coalesce(also, CAST([] AS VARCHAR[])) AS also,
            coalesce(site, '') AS site
        FROM numbered LEFT JOIN also USING (name) LEFT JOIN site USING (name)"""
    )
