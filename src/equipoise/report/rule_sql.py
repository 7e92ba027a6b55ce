"""A criterion as the SQL by which DuckDB finds its truth for many people, for whoever wants to check it."""

from datetime import date
from textwrap import wrap

from ..dates import day_text
from ..faults import Fault
from ..protocol.model import Protocol
from ..rules.sql import DUCKDB, translate
from ..rules.sql.layout import laid_out
from .words import short

_WIDTH = 100
_ABOUT = """\
The facts lie in one table for each concept, facts_of_NAME (in a folder of facts: concept=NAME/*.parquet), one row a
fact; people has everybody. A number is the interval from lo to hi, open where lo_open or hi_open; a day is one of those
from when_lo to when_hi. none: it is stated that there was none. inside: does the fact lie in the window, 2 surely, 1
perhaps, 0 not. t: what it says. What is meant is what equipoise screen --engine reference says; tests hold this to it.
"""


def criterion_sql(trial: Protocol, identifier: str, on: date) -> str:
    """A script for DuckDB: its steps, the truths, and the keys of those whom only the reference can judge.

    Raises Fault for a criterion that the trial does not have.
    """
    if identifier not in trial.ids:
        raise Fault(f'--sql: there is no criterion "{identifier}" in {trial.acronym}: it has {", ".join(trial.ids)}.')
    criterion = trial.criterion(identifier)
    query = translate({identifier: criterion.rule}, trial.vocabulary, on.toordinal(), (), DUCKDB)
    heads = (
        f"{trial.acronym} {identifier} ({criterion.kind}), protocol {short(trial.digest)}, asked on {day_text(on)}",
        f"The text: {criterion.source}",
        f"The rule: {' '.join(criterion.text.split())}",
        *([f"Not from the protocol's text: {criterion.ours}"] if criterion.ours else []),
        " ".join(_ABOUT.split()),
    )
    comments = [f"-- {line}" for head in heads for line in (*wrap(head, _WIDTH), "")]
    left = f"-- whom the tables cannot hold: the reference judges them\n{query.beyond};"
    heading = "\n".join(line.rstrip() for line in comments[:-1])
    return f"{heading}\n\n" + laid_out(f"{query}\n\n{left}") + "\n"
