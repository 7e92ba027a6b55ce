"""What equipoise accrual reads: sheets of sites and of the recruited, a funnel, and a trial's assumptions."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import orjson

from ..exchange.workbook import open_sheets
from ..faults import Fault, Mistake, Mistakes
from ..protocol.load import trial_folder
from ..recruitment.accrual_assumptions import FILE, AccrualAssumptions, read_accrual
from ..recruitment.accrual_belief import Recruited
from ..recruitment.accrual_funnel import Count, FunnelNumbers, read_funnel
from ..recruitment.accrual_tables import Row, read_recruited, read_sites
from ..recruitment.sites import Site


def sites_of(path: Path, rates: Mapping[str, float], rate: float | None, cv: float) -> tuple[Site, ...]:
    """The sites of a sheet (CSV, TSV or XLSX); `rates`, `rate` and `cv` for those whose row states none."""
    return read_sites(_rows(path), path.name, rates, rate, cv)


def recruited_of(path: Path, on: date) -> tuple[Recruited, int]:
    """Who had been recruited by a day, of a sheet; and how many rows are of later days."""
    return read_recruited(_rows(path), path.name, on)


def funnel_of(path: Path, counted: Count) -> FunnelNumbers:
    """What a funnel's JSON tells of rates and of criteria."""
    try:
        found = orjson.loads(path.read_bytes())
    except OSError as error:
        raise Fault(f"{path}: cannot be opened ({error.strerror}).") from None
    except orjson.JSONDecodeError:
        raise Fault(f"{path}: is not JSON: write it with equipoise funnel --format json.") from None
    return read_funnel(found, path.name, counted)


def assumptions_of(trial: str) -> AccrualAssumptions | None:
    """The table [accrual] of a trial's assumptions.toml; None when there is none."""
    path = trial_folder(trial).joinpath(FILE)
    if not path.is_file():
        return None
    try:
        return read_accrual(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Mistakes([Mistake(FILE, 0, 0, f"this is not TOML: {error}")]) from None


def _rows(path: Path) -> list[Row]:
    """The rows below the heads of the file's first filled sheet, cells by head ("Rate per month" is rate_per_month)."""
    for sheet in open_sheets(path):
        filled = [(number, [cell.text for cell in cells]) for number, cells in sheet.rows]
        filled = [(number, cells) for number, cells in filled if any(cells)]
        if filled:
            (place, heads), *rows = filled
            heads = ["_".join(head.casefold().replace("-", " ").replace("_", " ").split()) for head in heads]
            twice = {head for head in heads if head and heads.count(head) > 1}
            if twice:
                raise Fault(f"{path.name}:{place}: two columns are headed {min(twice)}: remove one.")
            for number, cells in rows:
                if any(cells[len(heads) :]):
                    raise Fault(
                        f"{path.name}:{number}: this row has more cells than there are heads: perhaps a decimal comma "
                        "without quotation marks."
                    )
            return [(number, dict(zip(heads, cells, strict=False))) for number, cells in rows]
    raise Fault(f"{path}: the file has no rows.")
