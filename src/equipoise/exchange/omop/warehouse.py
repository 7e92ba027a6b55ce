"""What a reader needs of a database that holds an OMOP CDM, whichever database it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ...faults import Fault
from .tables import COLUMNS, NEEDED

BATCH = 5_000  # rows fetched at a time


class Query(NamedTuple):
    """One SELECT that DuckDB and PostgreSQL both understand; each "?" stands for the next parameter."""

    text: str
    parameters: tuple[Any, ...] = ()


class Table(NamedTuple):
    """A table as found: how SQL names it, and how SQL names each of its columns, by the name in lower case."""

    name: str
    columns: Mapping[str, str]


class Warehouse(Protocol):
    """An open database. It is only ever read."""

    name: str
    tables: Mapping[str, Table]

    def rows(self, query: Query) -> Iterator[Sequence[Any]]:
        """The rows of a query, fetched in batches; several queries may be open at once."""
        ...

    def among(self, column: str) -> str:
        """The condition that a column's number is in the list that is the next parameter."""
        ...


def check(warehouse: Warehouse) -> None:
    """Raises Fault when the tables are missing without which nothing can be read."""
    missing = [name for name in NEEDED if name not in warehouse.tables]
    if missing:
        raise Fault(
            f"{warehouse.name} is no OMOP CDM that can be read: the table {' and the table '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. Name the folder, file or schema that holds the CDM "
            "with its vocabulary."
        )
    for name, wanted in (("person", "person_id"), ("concept", "concept_id"), ("concept", "vocabulary_id"),
                         ("concept", "concept_code")):  # fmt: skip
        if wanted not in warehouse.tables[name].columns:
            raise Fault(
                f"{warehouse.name}: the table {name} has no column {wanted}, so this is no OMOP CDM 5.3 or 5.4."
            )


def locate(
    columns: Iterable[tuple[str, str, str]], path: Sequence[str], name: str, remedy: str
) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Where each table of the CDM is: its schema, its name as written, its columns (lower case -> as written).

    columns: (schema, table, column) as the database lists them. path: the schemas that are looked into first. The home
    of the CDM is the schema with the table person; what that lacks (often the vocabulary) comes from the only other
    schema that has it. Raises Fault, with the remedy, where several could be meant.
    """
    found: dict[str, dict[str, tuple[str, dict[str, str]]]] = {}
    for schema, table, column in columns:
        if table.lower() in COLUMNS:
            _, names = found.setdefault(table.lower(), {}).setdefault(schema, (table, {}))
            names[column.lower()] = column

    def chosen(table: str) -> str:
        schemas = found.get(table, {})
        first = next((schema for schema in path if schema in schemas), None)
        if first is None and len(schemas) > 1:
            listed = ", ".join(sorted(schemas))
            raise Fault(f"{name} has a table {table} in several schemas ({listed}): {remedy}")
        return first or next(iter(schemas), "")

    home = chosen("person")
    located: dict[str, tuple[str, str, dict[str, str]]] = {}
    for table, schemas in found.items():
        schema = home if home in schemas else chosen(table)
        located[table] = (schema, *schemas[schema])
    return located


def quoted_text(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """The name of a table or a column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
