"""How the CSV files of a CDM are written: parted by commas, tabs or semicolons, quoted or not, and their columns."""

import csv
import gzip
from collections.abc import Sequence
from glob import escape
from pathlib import Path

from ...faults import Fault
from .warehouse import quoted_text

_LONGEST = 1 << 16  # characters of a first line


def csv_source(parts: Sequence[Path]) -> str:
    """The files of a table as DuckDB reads them.

    Everything is text, so that decimals stay as they are written. Files parted by tabs, as Athena gives the
    vocabulary, have no quotes unless the first line has them: a quote is then a letter like any other.
    """
    lines = [_first_line(part) for part in parts]
    if len(set(lines)) > 1:
        raise Fault(f"{parts[0].name} and {parts[-1].name} are one table but have different columns.")
    line = lines[0]
    delimiter = max("\t;,", key=line.count)
    quote = '"' if delimiter != "\t" or '"' in line else ""
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    head = [column.strip() for column in next(csv.reader([line], delimiter=delimiter, quoting=quoting), [])]
    if len({column.lower() for column in head}) < len(head) or not all(head):
        raise Fault(f"{parts[0].name}: its first line must name each column, and each once.")
    columns = ", ".join(f"{quoted_text(column)}: 'VARCHAR'" for column in head)
    listed = ", ".join(quoted_text(escape(str(part))) for part in parts)
    parted = "chr(9)" if delimiter == "\t" else quoted_text(delimiter)
    return (
        f"read_csv([{listed}], auto_detect = false, header = true, columns = {{{columns}}}, delim = {parted}, "
        f"quote = {quoted_text(quote)}, escape = {quoted_text(quote)}, nullstr = ['', 'NULL', '\\N'], "
        "hive_partitioning = false)"
    )


def _first_line(path: Path) -> str:
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            line = file.readline(_LONGEST)
    except (OSError, EOFError):
        raise Fault(f"{path.name} cannot be read: it is damaged, or you may not read it.") from None
    if not line.strip():
        raise Fault(f"{path.name} is empty: a table needs at least the line that names its columns.")
    return line.decode("utf-8-sig", errors="replace").rstrip("\r\n")
