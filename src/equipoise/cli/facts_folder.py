"""A folder of facts among the paths of a command: opened for an engine, with a place for its answers."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..eligibility.cohort import judge_all
from ..faults import Fault
from ..protocol.model import Protocol
from ..recruitment.funnel_cohort import Cohort


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
def opened(folder: Path, trial: Protocol, progress: Callable[[int, int], None]) -> Iterator[tuple[Cohort, bool]]:
    """The people of a folder of facts, ready to be judged by DuckDB; and whether they are made up.

    What is written meanwhile is removed at the end. Raises Fault when it was loaded with other concepts than those of
    the trial.
    """
    from ..eligibility.duckdb import Answers, DuckDbEngine
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
        answers, engine = Path(work) / "answers", DuckDbEngine(Path(work) / "engine")
        cohort = Cohort(
            lake.facts.count,
            lambda asking: judge_all(engine, asking, lake.parts, answers, facts_by_key, progress),
            lambda asked: Answers(asked, answers, Path(work) / "spill"),
            lambda keys: facts_by_key(lake.parts, keys),
        )
        yield cohort, lake.manifest.synthetic
