"""The queries, written once for DuckDB and PostgreSQL. They only pick rows; what a row means is decided in Python."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .tables import CDM_SOURCE, CLINICAL, NUMBERS, PLAIN, WITH_VALUES, Row
from .warehouse import Query, Table, Warehouse

OFTEN = 10  # codes that are not used are named up to so many a table

_Cast = Callable[[Table, str, str], str]
_ROW_PARTS = tuple(part for part in Row._fields if part != "table")


def people(warehouse: Warehouse) -> Query:
    """Everybody in order of their id, as tables.Person."""
    person, death, site = (warehouse.tables.get(name) for name in ("person", "death", "care_site"))
    assert person is not None
    has_site = site is not None and "care_site_id" in person.columns and "care_site_name" in site.columns
    columns = [
        f"{_number(person, 'person_id', 'p')} AS person",
        f"{_number(person, 'gender_concept_id', 'p')} AS gender",
        *(f"{_text(person, column, 'p')} AS {short}" for column, short in _BIRTH.items()),
        f"{_text(person, 'person_source_value', 'p')} AS source_value",
        f"{_text(site, 'care_site_name', 's') if has_site and site else _NO_TEXT} AS site",
        f"{'CASE WHEN d.person IS NULL THEN 0 ELSE 1 END' if death else '0'} AS dead",
        f"{'d.died' if death else _NO_TEXT} AS died",
    ]
    joins = [f"FROM {person.name} AS p"]
    if has_site and site:
        joins.append(f"LEFT JOIN {site.name} AS s ON {_number(site, 'care_site_id', 's')} = "
                     f"{_number(person, 'care_site_id', 'p')}")  # fmt: skip
    if death:
        died = _first(death, ("death_date", "death_datetime"), "x", _text)
        joins.append(
            f"LEFT JOIN (SELECT {_number(death, 'person_id', 'x')} AS person, MIN({died}) AS died "
            f"FROM {death.name} AS x GROUP BY 1) AS d ON d.person = {_number(person, 'person_id', 'p')}"
        )
    known = f"WHERE p.{person.columns['person_id']} IS NOT NULL"
    return Query(f"SELECT {', '.join(columns)}\n{chr(10).join(joins)}\n{known}\nORDER BY 1")


_BIRTH = {"year_of_birth": "year", "month_of_birth": "month", "day_of_birth": "day", "birth_datetime": "birth"}


def about_itself(table: Table) -> Query:
    """What the warehouse says of its source."""
    words = [_text(table, column, "s") for column in CDM_SOURCE]
    return Query(f"SELECT {', '.join(words)} FROM {table.name} AS s")


def how_many(table: Table) -> Query:
    """How many rows a table has."""
    return Query(f"SELECT COUNT(*) FROM {table.name}")


def without_person(table: Table) -> Query:
    """How many rows of a table say nobody whom they are about."""
    return Query(f"SELECT COUNT(*) FROM {table.name} AS t WHERE {table.columns['person_id']} IS NULL")


def rows(warehouse: Warehouse, matched: Mapping[str, Sequence[int]]) -> Query:
    """The rows of all clinical tables that may hold a fact, in order of person, table and id, as tables.Row.

    matched: for each table the ids of the concepts that the protocol's codes name.
    """
    parts, parameters = [], []
    for name in readable(warehouse):
        table = warehouse.tables[name]
        columns = ", ".join(f"{_part(table, name, part)} AS {part}" for part in _ROW_PARTS)
        condition, values = matters(warehouse, name, matched.get(name, ()))
        parts.append(
            f"SELECT '{name}' AS table_name, {columns}\nFROM {table.name} AS t\n"
            f"WHERE {table.columns['person_id']} IS NOT NULL AND ({condition})"
        )
        parameters += values
    ordered = ", ".join(("person", "table_name", *_ROW_PARTS[1:]))
    text = f"SELECT {ordered}\nFROM (\n{f'{chr(10)}UNION ALL{chr(10)}'.join(parts)}\n) AS facts\nORDER BY 1, 2, 3"
    return Query(text, tuple(parameters))


def readable(warehouse: Warehouse) -> list[str]:
    """The clinical tables that are there and say whom each row is about, and what it is."""
    return [
        name
        for name, clinical in CLINICAL.items()
        if name in warehouse.tables
        and {"person_id", *clinical.columns["concept"]} <= warehouse.tables[name].columns.keys()
    ]


def matters(warehouse: Warehouse, name: str, concepts: Sequence[int]) -> tuple[str, list[Sequence[int]]]:
    """The condition that a row may hold a fact (true, else false or null), with its parameters."""
    table, columns = warehouse.tables[name], CLINICAL[name].columns
    ids = [table.columns[column] for part in ("concept", "source_concept") for column in columns[part]
           if column in table.columns]  # fmt: skip
    conditions = [warehouse.among(f"t.{column}") for column in ids]
    written = table.columns.get(columns["source_value"][0])
    if name in WITH_VALUES and written:
        conditions.append(f"t.{written} LIKE '{PLAIN}%'")
    return " OR ".join(conditions), [concepts] * len(ids)


def unused(warehouse: Warehouse, name: str, concepts: Sequence[int]) -> Query:
    """What the rows that hold no fact are about, the commonest first: concept, code in the source where there is no
    concept, how many; and how many rows and how many codes there are in all."""
    table, columns = warehouse.tables[name], CLINICAL[name].columns
    concept = f"COALESCE({_number(table, columns['concept'][0], 't')}, 0)"
    written = _first(table, columns["source_value"], "t", _text)
    condition, values = matters(warehouse, name, concepts)
    return Query(
        "WITH passed AS (\n"
        f"SELECT {concept} AS concept, CASE WHEN {concept} = 0 THEN {written} END AS written, COUNT(*) AS number\n"
        f"FROM {table.name} AS t\nWHERE NOT COALESCE({condition}, FALSE)\nGROUP BY 1, 2\n)\n"
        "SELECT concept, written, number, CAST(SUM(number) OVER () AS BIGINT), COUNT(*) OVER ()\n"
        f"FROM passed ORDER BY number DESC, concept, written LIMIT {OFTEN}",
        tuple(values),
    )


def concepts_by_id(warehouse: Warehouse, ids: Iterable[int]) -> Query:
    """Id, vocabulary, code and name of concepts."""
    table = warehouse.tables["concept"]
    return Query(
        f"SELECT {_concept_columns(table)}\nFROM {table.name} AS c\n"
        f"WHERE {warehouse.among('c.' + table.columns['concept_id'])}",
        (list(ids),),
    )


def concepts_by_code(warehouse: Warehouse, vocabulary: str, codes: Iterable[str], beginnings: Iterable[str]) -> Query:
    """Id, vocabulary, code and name of the concepts of a vocabulary with these codes, or codes that begin so."""
    table = warehouse.tables["concept"]
    code = f"c.{table.columns['concept_code']}"
    condition = f"{code} IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    parameters: list[Any] = [vocabulary, list(codes)]
    if beginnings := list(beginnings):
        listed = "unnest(CAST(? AS VARCHAR[])) AS b(beginning)"
        condition += f"\n    OR EXISTS (SELECT 1 FROM {listed} WHERE starts_with({code}, b.beginning))"
        parameters.append(beginnings)
    return Query(
        f"SELECT {_concept_columns(table)}\nFROM {table.name} AS c\n"
        f"WHERE c.{table.columns['vocabulary_id']} = ? AND (\n    {condition}\n)",
        tuple(parameters),
    )


def descendants(warehouse: Warehouse, ids: Iterable[int]) -> Query:
    """(descendant, ancestor) of each concept below these."""
    table = warehouse.tables["concept_ancestor"]
    ancestor, descendant = (table.columns[f"{which}_concept_id"] for which in ("ancestor", "descendant"))
    return Query(
        f"SELECT CAST(a.{descendant} AS BIGINT), CAST(a.{ancestor} AS BIGINT)\nFROM {table.name} AS a\n"
        f"WHERE {warehouse.among(f'a.{ancestor}')} AND a.{descendant} <> a.{ancestor}",
        (list(ids),),
    )


def ancestors(warehouse: Warehouse, vocabulary: str, ids: Iterable[int]) -> Query:
    """(descendant, code of the ancestor) for each ancestor of these concepts in a vocabulary."""
    above, concept = warehouse.tables["concept_ancestor"], warehouse.tables["concept"]
    ancestor, descendant = (above.columns[f"{which}_concept_id"] for which in ("ancestor", "descendant"))
    return Query(
        f"SELECT CAST(a.{descendant} AS BIGINT), CAST(c.{concept.columns['concept_code']} AS VARCHAR)\n"
        f"FROM {above.name} AS a\nJOIN {concept.name} AS c ON c.{concept.columns['concept_id']} = a.{ancestor}\n"
        f"WHERE c.{concept.columns['vocabulary_id']} = ? AND {warehouse.among(f'a.{descendant}')}",
        (vocabulary, list(ids)),
    )


# ------------------------------------------------------------------ columns
_NO_TEXT, _NO_NUMBER = "CAST(NULL AS VARCHAR)", "CAST(NULL AS BIGINT)"


def _concept_columns(table: Table) -> str:
    wanted = ("vocabulary_id", "concept_code", "concept_name")
    texts = ", ".join(_text(table, column, "c") for column in wanted)
    return f"{_number(table, 'concept_id', 'c')}, {texts}"


def _part(table: Table, name: str, part: str) -> str:
    columns = ("person_id",) if part == "person" else CLINICAL[name].columns.get(part, ())
    return _first(table, columns, "t", _number if part in NUMBERS else _text)


def _first(table: Table, columns: Sequence[str], alias: str, cast: _Cast) -> str:
    """The first of these columns that is there and filled in."""
    there = [cast(table, column, alias) for column in columns if column in table.columns]
    if not there:
        return _NO_NUMBER if cast is _number else _NO_TEXT
    return there[0] if len(there) == 1 else f"COALESCE({', '.join(there)})"


def _number(table: Table, column: str, alias: str) -> str:
    found = table.columns.get(column)
    return f"CAST({alias}.{found} AS BIGINT)" if found else _NO_NUMBER


def _text(table: Table, column: str, alias: str) -> str:
    """The column as text: a decimal with its own digits, a binary number with the fewest that mean it."""
    found = table.columns.get(column)
    return f"NULLIF(TRIM(CAST({alias}.{found} AS VARCHAR)), '')" if found else _NO_TEXT
