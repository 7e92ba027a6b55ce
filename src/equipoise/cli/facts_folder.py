"""A folder of facts among the paths of a command: opened for an engine, with a place for its answers."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..eligibility.cohort import Engine
from ..faults import Fault
from ..protocol.model import Protocol
from ..recruitment.funnel_cohort import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder of facts with an engine to judge its people, and an empty folder for the answers."""

    store: Store
    engine: Engine
    work: Path
    synthetic: bool


def facts_folder(paths: Sequence[Path]) -> Path | None:
    """The folder of facts that was named; None when records were. Raises Fault when both were."""
    if not any(path.is_dir() for path in paths):
        return None
    from ..exchange.lake.manifest import is_lake  # only a folder of facts needs the libraries behind it

    lakes = [path for path in paths if path.is_dir() and is_lake(path)]
    if lakes and len(paths) > 1:
        raise Fault(f"{lakes[0]} is a folder of facts: name it alone, or the records that it was loaded from.")
    return lakes[0] if lakes else None


@contextmanager
def opened(folder: Path, trial: Protocol) -> Iterator[Opened]:
    """The folder of facts, ready to be judged; what is written meanwhile is removed at the end.

    Raises Fault when it was loaded with other concepts than the trial's.
    """
    from ..eligibility.duckdb import DuckDbEngine
    from ..exchange.lake import open_lake
    from ..exchange.lake.by_key import facts_by_key
    from ..exchange.lake.manifest import vocabulary_digest

    lake = open_lake(folder)
    if lake.manifest.vocabulary != vocabulary_digest(trial.vocabulary):
        raise Fault(
            f"{folder} was loaded with other concepts than those of {trial.acronym}: load the records once more for it."
        )
    if not lake.facts.count:
        raise Fault(f"There is no person in {folder}: load the records of at least one.")
    with tempfile.TemporaryDirectory(prefix="equipoise-") as work:
        place = Path(work)
        engine = DuckDbEngine(place / "engine")
        yield Opened(Store(lake.parts, facts_by_key), engine, place, lake.manifest.synthetic)
