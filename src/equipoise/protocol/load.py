"""A folder of TOML -> a Protocol with its digest. The only file of the lower floors that touches the disk."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from ..faults import Fault, Mistake, Mistakes
from .check import read_protocol
from .model import Protocol


def shipped_trials() -> list[str]:
    """The names of the trials that come with Equipoise."""
    folder = resources.files("equipoise.trials")
    return sorted(
        child.name for child in folder.iterdir() if child.is_dir() and child.joinpath("protocol.toml").is_file()
    )


def trial_folder(name: str | Path) -> Traversable:
    """The folder of a shipped trial by its name ("nelmas"), or any folder by its path. Raises Fault if none."""
    path = Path(name)
    if path.is_dir():
        return path
    shipped = shipped_trials()
    if str(name).lower() in shipped:
        return resources.files("equipoise.trials").joinpath(str(name).lower())
    known = ", ".join(shipped)
    raise Fault(f'There is no trial "{name}": name a shipped one ({known}) or the folder of your own.')


def check_trial(name: str | Path) -> list[Mistake]:
    """Every fault of a trial's folder; none when it holds together."""
    folder = trial_folder(name)
    return read_protocol(folder.name, _files(folder))[1]


def load_trial(name: str | Path = "nelmas") -> Protocol:
    """The protocol of a shipped trial or of a folder.

    Raises Mistakes, which names every fault with file, line and place, when the folder does not hold together.
    """
    folder = trial_folder(name)
    protocol, mistakes = read_protocol(folder.name, _files(folder))
    if protocol is None:
        raise Mistakes(mistakes)
    return protocol


def trial_cases(name: str | Path = "nelmas", kind: str = "cases") -> dict[str, bytes]:
    """The files of a trial's worked cases (name -> content); none when it has no folder of that kind.

    kind: "cases" of criteria, "doses" of dose decisions.
    """
    folder = trial_folder(name).joinpath(kind)
    return _files(folder) if folder.is_dir() else {}


def _files(folder: Traversable) -> dict[str, bytes]:
    """The files that a protocol is read from: the TOML files and the source text of the folder, not its cases."""
    return {
        child.name: child.read_bytes()
        for child in folder.iterdir()
        if child.is_file() and (child.name.endswith(".toml") or child.name == "source.txt")
    }
