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

    lake = open_lake(folder)
    lake.check_fits(trial)
    if not lake.facts.count:
        raise Fault(f"There is no person in {folder}: load the records of at least one.")
    return lake
