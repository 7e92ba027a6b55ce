"""A folder of facts among the paths of a command, opened for the trial."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..faults import Fault
from ..protocol.model import Protocol

if TYPE_CHECKING:
    from ..exchange.lake import Lake


def opened_lake(folder: Path, trial: Protocol) -> "Lake":
    """The folder of facts. Raises Fault when it was loaded with other concepts than the trial's, or holds nobody."""
    from ..exchange.lake import open_lake
    from ..exchange.lake.manifest import vocabulary_digest

    lake = open_lake(folder)
    if lake.manifest.vocabulary != vocabulary_digest(trial.vocabulary):
        raise Fault(
            f"{folder} was loaded with other concepts than those of {trial.acronym}: load the records once more for it."
        )
    if not lake.facts.count:
        raise Fault(f"There is no person in {folder}: load the records of at least one.")
    return lake
