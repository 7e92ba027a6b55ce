"""PostgreSQL as the warehouse, by its URL. Nothing is ever written: the session is read-only."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from ...faults import Fault
from .tables import COLUMNS
from .warehouse import BATCH, Query, Table, check, locate, quoted

try:
    import psycopg
except ImportError as error:  # an extra: most read files
    raise Fault('Reading from PostgreSQL needs one more package: pip install "equipoise[postgres]".') from error

_CONNECT_SECONDS = 15


class PostgresWarehouse:
    """A CDM in a PostgreSQL session. Rows come by cursors on the server, a batch at a time."""

    def __init__(self, connection: "psycopg.Connection[Any]", name: str, tables: Mapping[str, Table]) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.name = name
        self.tables = tables

    def rows(self, query: Query) -> Iterator[Sequence[Any]]:
        text = query.text.replace("%", "%%").replace("?", "%s")
        try:
            with self._connection.cursor(f"equipoise_{next(self._numbers)}") as cursor:
                cursor.execute(text.encode(), query.parameters)
                while batch := cursor.fetchmany(BATCH):
                    yield from batch
        except psycopg.Error as error:
            raise Fault(_why_not(self.name, error)) from None

    def among(self, column: str) -> str:
        return f"{column} = ANY(CAST(? AS BIGINT[]))"


@contextmanager
def open_postgres(url: str) -> Iterator[PostgresWarehouse]:
    """The CDM in a database: in the schema of the search path, else in the only schema that has a table person.

    Raises Fault where it cannot be reached or read; no sentence names the password.
    """
    name = _shown(url)
    try:
        connection = psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, application_name="equipoise")
    except psycopg.Error as error:
        raise Fault(_why_not(name, error)) from None
    with connection:
        connection.read_only = True
        try:
            # One answer for the whole reading, whatever is loaded meanwhile; dates as ISO writes them.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("SET LOCAL datestyle = 'ISO'")
            connection.execute("SET LOCAL statement_timeout = 0")
            tables = _tables(connection, name)
        except psycopg.Error as error:
            raise Fault(_why_not(name, error)) from None
        warehouse = PostgresWarehouse(connection, name, tables)
        check(warehouse)
        yield warehouse


def _tables(connection: "psycopg.Connection[Any]", name: str) -> dict[str, Table]:
    path = [schema for (schema,) in connection.execute("SELECT unnest(current_schemas(false))").fetchall()]
    columns = connection.execute(
        "SELECT n.nspname, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped "
        "AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND lower(c.relname) = ANY(%s) "
        "AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'",
        (list(COLUMNS),),
    ).fetchall()
    remedy = "say which by the search path, at the end of the URL: ?options=-csearch_path%3DSCHEMA"
    return {
        table: Table(f"{quoted(schema)}.{quoted(written)}", {low: quoted(column) for low, column in names.items()})
        for table, (schema, written, names) in locate(columns, path, name, remedy).items()
    }


def _shown(url: str) -> str:
    """The database as people are shown it: host and name, no user, no password."""
    parts = urlsplit(url)
    return f"the database {parts.path.strip('/') or '(default)'} at {parts.hostname or 'this machine'}"


def _why_not(name: str, error: "psycopg.Error") -> str:
    """A sentence by the class of the error: the server's own words may quote a row."""
    match error:
        case psycopg.errors.InsufficientPrivilege():
            return f"{name}: this user may not read a table of the CDM. Ask for the right to SELECT from it."
        case psycopg.errors.QueryCanceled():
            return f"{name}: the server stopped the query. Ask for a longer statement_timeout, or read from a copy."
        case psycopg.OperationalError():
            return f"{name} cannot be reached: check host, port, database, user and password of the URL."
        case _:
            return f"{name} cannot be read ({type(error).__name__}): is it an OMOP CDM 5.3 or 5.4?"
