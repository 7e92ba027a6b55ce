"""Equipoise runs a clinical trial from one computable protocol: who may enter, why, and until when that holds.

    >>> import equipoise
    >>> from datetime import date
    >>> trial = equipoise.load_trial("nelmas")
    >>> trial.acronym, len(trial.criteria)
    ('NELMAS', 25)
    >>> reading = equipoise.read("records/", trial)                           # doctest: +SKIP
    >>> screening = equipoise.screen(trial, reading, on=date(2026, 6, 1))     # doctest: +SKIP
    >>> print(screening)                                                      # doctest: +SKIP
    >>> print(screening["P-001"])                                             # doctest: +SKIP
    >>> screening.to_frame()                                                  # doctest: +SKIP

Facts can also be made by hand and screened without any file: see `Fact` and `screen_person`.
Research software: it supports an investigator's judgement and never replaces it.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from .eligibility.person import Screening, screen, screen_person
from .eligibility.verdict import Judgement, Need, Notice, Outcome, Step, Verdict
from .facts import NOTHING, ONGOING, Choice, Fact, Reading, ReferenceRange, Text, Unread, chosen, record
from .faults import Fault, Mistake, Mistakes
from .protocol.load import check_trial, load_trial, shipped_trials
from .protocol.model import Criterion, Protocol
from .truth import FALSE, TRUE, UNKNOWN, Truth

__all__ = [
    "FALSE",
    "NOTHING",
    "ONGOING",
    "TRUE",
    "UNKNOWN",
    "Choice",
    "Criterion",
    "Fact",
    "Fault",
    "Judgement",
    "Mistake",
    "Mistakes",
    "Need",
    "Notice",
    "Outcome",
    "Protocol",
    "Reading",
    "ReferenceRange",
    "Screening",
    "Step",
    "Text",
    "Truth",
    "Unread",
    "Verdict",
    "check_trial",
    "chosen",
    "load_trial",
    "read",
    "record",
    "screen",
    "screen_person",
    "shipped_trials",
    "write_report",
]


def read(
    paths: str | Path | Iterable[str | Path], trial: Protocol, progress: Callable[[int, int], None] | None = None
) -> Reading:
    """The facts in a file, a folder or several of them: FHIR R4 (JSON, NDJSON) and sheets (CSV, TSV, XLSX).

    progress: called with how much has been read and how much there is. What could not be read is in `.unread`.
    Raises Fault for a path that is not there or holds nothing that can be read.
    """
    from .exchange.sources import read_records  # only readers need the libraries behind it

    return read_records([paths] if isinstance(paths, str | Path) else paths, trial, progress)


def write_report(screening: Screening, reading: Reading, path: str | Path) -> Path:
    """Writes the screening as one self-contained HTML file that prints well, and returns its path.

    Raises Fault when the file cannot be written there; a file that was there before is then left as it was.
    """
    from .report.files import written
    from .report.page import page

    with written(Path(path)) as file:
        file.write(page(screening.trial, screening.on, screening.verdicts, reading).encode())
    return Path(path)
