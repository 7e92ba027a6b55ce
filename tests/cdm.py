"""A small OMOP CDM for tests: rows as they are stated, a vocabulary that grows with its use, written in every form."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

# Columns by the specification of OMOP CDM 5.4, those left out that nothing here uses.
DDL = {
    "person": "person_id integer, gender_concept_id integer, year_of_birth integer, month_of_birth integer,"
    " day_of_birth integer, birth_datetime timestamp, care_site_id integer, person_source_value varchar",
    "death": "person_id integer, death_date date, death_datetime timestamp",
    "care_site": "care_site_id integer, care_site_name varchar",
    "measurement": "measurement_id integer, person_id integer, measurement_concept_id integer, measurement_date date,"
    " measurement_datetime timestamp, measurement_type_concept_id integer, operator_concept_id integer,"
    " value_as_number numeric, value_as_concept_id integer, unit_concept_id integer, range_low numeric,"
    " range_high numeric, measurement_source_value varchar, measurement_source_concept_id integer,"
    " unit_source_value varchar, value_source_value varchar, measurement_event_id bigint,"
    " meas_event_field_concept_id integer",
    "observation": "observation_id integer, person_id integer, observation_concept_id integer, observation_date date,"
    " observation_datetime timestamp, observation_type_concept_id integer, value_as_number numeric,"
    " value_as_string varchar, value_as_concept_id integer, qualifier_concept_id integer, unit_concept_id integer,"
    " observation_source_value varchar, observation_source_concept_id integer, unit_source_value varchar,"
    " value_source_value varchar, observation_event_id bigint, obs_event_field_concept_id integer",
    "condition_occurrence": "condition_occurrence_id integer, person_id integer, condition_concept_id integer,"
    " condition_start_date date, condition_start_datetime timestamp, condition_end_date date,"
    " condition_status_concept_id integer, condition_type_concept_id integer, condition_source_value varchar,"
    " condition_source_concept_id integer",
    "procedure_occurrence": "procedure_occurrence_id integer, person_id integer, procedure_concept_id integer,"
    " procedure_date date, procedure_datetime timestamp, procedure_end_date date, procedure_type_concept_id integer,"
    " modifier_concept_id integer, procedure_source_value varchar, procedure_source_concept_id integer",
    "drug_exposure": "drug_exposure_id integer, person_id integer, drug_concept_id integer,"
    " drug_exposure_start_date date, drug_exposure_start_datetime timestamp, drug_exposure_end_date date,"
    " verbatim_end_date date, drug_type_concept_id integer, drug_source_value varchar,"
    " drug_source_concept_id integer",
    "device_exposure": "device_exposure_id integer, person_id integer, device_concept_id integer",
    "concept": "concept_id integer, concept_name varchar, domain_id varchar, vocabulary_id varchar,"
    " concept_class_id varchar, standard_concept varchar, concept_code varchar",
    "concept_ancestor": "ancestor_concept_id integer, descendant_concept_id integer,"
    " min_levels_of_separation integer, max_levels_of_separation integer",
}
# The columns of each table to which the short names of `Cdm.add` lead.
SHORT = {
    "measurement": {"concept": "measurement_concept_id", "source": "measurement_source_concept_id",
                    "written": "measurement_source_value", "day": "measurement_date",
                    "kind": "measurement_type_concept_id"},
    "observation": {"concept": "observation_concept_id", "source": "observation_source_concept_id",
                    "written": "observation_source_value", "day": "observation_date"},
    "condition_occurrence": {"concept": "condition_concept_id", "source": "condition_source_concept_id",
                             "written": "condition_source_value", "day": "condition_start_date",
                             "end": "condition_end_date", "status": "condition_status_concept_id"},
    "procedure_occurrence": {"concept": "procedure_concept_id", "source": "procedure_source_concept_id",
                             "written": "procedure_source_value", "day": "procedure_date",
                             "end": "procedure_end_date", "modifier": "modifier_concept_id"},
    "drug_exposure": {"concept": "drug_concept_id", "source": "drug_source_concept_id",
                      "written": "drug_source_value", "day": "drug_exposure_start_date",
                      "end": "drug_exposure_end_date", "kind": "drug_type_concept_id"},
}  # fmt: skip
VALUE = {
    "number": "value_as_number", "operator": "operator_concept_id", "answer": "value_as_concept_id",
    "text": "value_as_string", "verbatim": "value_source_value", "unit": "unit_concept_id",
    "unit_text": "unit_source_value", "low": "range_low", "high": "range_high",
}  # fmt: skip


def columns(table: str) -> list[str]:
    return [column.split()[0] for column in DDL[table].split(",")]


@dataclass
class Cdm:
    """The rows of each table, and the vocabulary."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in DDL})
    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def concept(self, vocabulary: str, code: str, name: str = "", number: int = 0) -> int:
        """The id of a concept, which enters the vocabulary when it is met first."""
        known = self.ids.get((vocabulary, code))
        if known is not None:
            return known
        found = self.ids[vocabulary, code] = number or 2_000_000 + len(self.ids)
        self.tables["concept"].append(
            {"concept_id": found, "concept_name": name or f"{vocabulary} {code}", "vocabulary_id": vocabulary,
             "concept_code": code}
        )  # fmt: skip
        return found

    def above(self, ancestor: int, descendant: int) -> None:
        self.tables["concept_ancestor"].append(
            {"ancestor_concept_id": ancestor, "descendant_concept_id": descendant}
        )  # fmt: skip

    def person(self, number: int | None = 1, gender: int = 8532, **more: Any) -> None:
        self.tables["person"].append({"person_id": number, "gender_concept_id": gender, **more})

    def add(self, table: str, concept: tuple[str, str] | int = 0, person: int = 1, **stated: Any) -> int:
        """Adds a row and returns its id; concepts as (vocabulary, code), other parts by short names or columns."""
        number = len(self.tables[table]) + 1
        row: dict[str, Any] = {f"{table}_id": number, "person_id": person}
        for name, value in {"concept": concept, **stated}.items():
            column = SHORT[table].get(name) or VALUE.get(name) or name
            row[column] = self.concept(*value) if isinstance(value, tuple) else value
        assert set(row) <= set(columns(table)), set(row) - set(columns(table))
        self.tables[table].append(row)
        return number

    # -------------------------------------------------------------- every form
    def into_duckdb(self, path: Path, upper: bool = False, schema: str = "main", without: Iterable[str] = ()) -> Path:
        with duckdb.connect(str(path)) as connection:
            self._into(connection, upper, schema, without)
        return path

    def _into(
        self, connection: duckdb.DuckDBPyConnection, upper: bool, schema: str, without: Iterable[str]
    ) -> None:  # fmt: skip
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for table in DDL:
            if table in without:
                continue
            kept = [part for part in DDL[table].split(",") if part.split()[0] not in without]
            ddl = ",".join(kept).replace(" numeric", " double")
            name = f'{schema}."{table.upper() if upper else table}"'
            connection.execute(f"CREATE TABLE {name} ({ddl.upper() if upper else ddl})")
            rows = [[row.get(part.split()[0]) for part in kept] for row in self.tables[table]]
            if rows:
                connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(kept))})", rows)

    def into_parquet(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        with duckdb.connect() as connection:
            self._into(connection, False, "main", ())
            for table in DDL:
                connection.execute(f"COPY {table} TO '{folder / table}.parquet'")
        return folder

    def as_csv(self, table: str, upper: bool = False, delimiter: str = ",") -> str:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        heads = columns(table)
        writer.writerow([head.upper() if upper else head for head in heads])
        writer.writerows([row.get(head) for head in heads] for row in self.tables[table])
        return text.getvalue()

    def into_csv(self, folder: Path, upper: bool = False, delimiter: str = ",", packed: bool = False) -> Path:
        folder.mkdir(exist_ok=True)
        for table in DDL:
            name = f"{table.upper() if upper else table}.csv"
            content = self.as_csv(table, upper, delimiter).encode()
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
        return folder

    def into_zip(self, path: Path) -> Path:
        """As a Mac packs it."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in DDL:
                archive.writestr(f"cdm/{table.upper()}.csv", self.as_csv(table))
                archive.writestr(f"__MACOSX/cdm/._{table.upper()}.csv", b"\0\5\26\7")
        return path

    def into_postgres(self, connection: Any, schema: str, upper: bool = False) -> None:
        """Into a schema of an open psycopg connection."""
        connection.execute(f'CREATE SCHEMA "{schema}"')
        for table, ddl in DDL.items():
            name = f'"{schema}"."{table.upper() if upper else table}"'
            parts = [part.split() for part in ddl.split(",")]
            listed = ", ".join(f'"{part.upper() if upper else part}" {kind}' for part, kind in parts)
            connection.execute(f"CREATE TABLE {name} ({listed})")
            rows = [[row.get(part) for part, _ in parts] for row in self.tables[table]]
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(parts))})", rows)
