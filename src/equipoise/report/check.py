"""Checks a trial's folder whole: its rules and words, the codes that it knows records by, and its worked cases."""

import tomllib
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from ..eligibility.cases import read_cases, run_case
from ..exchange.bindings import compile_bindings
from ..faults import Mistake, Mistakes
from ..protocol.check import File
from ..protocol.load import check_trial, load_trial, trial_folder
from ..protocol.model import Protocol
from ..protocol.places import places
from ..protocol.words import read_concepts
from .words import counted

CODES = "codes.toml"


@dataclass(frozen=True, slots=True)
class Checked:
    """Every mistake of a trial's folder; and, when there is none, what the trial holds, in a sentence."""

    mistakes: tuple[Mistake, ...]
    summary: str = ""


def checked(name: str | Path) -> Checked:
    """Reads all of a trial's folder. Raises Fault when there is no such folder."""
    folder = trial_folder(name)
    mistakes = [*check_trial(name), *_codes(folder)]
    if mistakes:
        return Checked(tuple(sorted(mistakes, key=lambda each: (each.file, each.line, each.column))))
    trial = load_trial(name)
    number, mistakes = _cases(trial, folder)
    return Checked(tuple(mistakes), "" if mistakes else _summary(trial, number))


def _codes(folder: Traversable) -> list[Mistake]:
    """What is wrong with the codes, as far as the words that they stand for can be read."""
    texts = [_text(folder, file) for file in (CODES, "concepts.toml")]
    if not all(texts):
        return []
    try:
        codes, concepts = (tomllib.loads(text) for text in texts)
    except tomllib.TOMLDecodeError:
        return []  # told by check_trial
    file = File(CODES, codes, places(texts[0]))
    compile_bindings(codes, read_concepts(concepts, lambda path, message: None), file.report)
    return file.mistakes


def _text(folder: Traversable, name: str) -> str:
    file = folder.joinpath(name)
    return file.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n") if file.is_file() else ""


def _cases(trial: Protocol, folder: Traversable) -> tuple[int, list[Mistake]]:
    """How many worked cases there are, and where the verdict differs from what they say."""
    cases = folder.joinpath("cases")
    files = (
        {each.name: each.read_bytes() for each in cases.iterdir() if each.name.endswith(".toml")}
        if cases.is_dir()
        else {}
    )
    try:
        read = read_cases(trial, files)
    except Mistakes as fault:
        return 0, [Mistake(f"cases/{m.file}", m.line, m.column, m.message, m.text, m.length) for m in fault.mistakes]
    wrong = [
        Mistake(f"cases/{case.file}", case.line, 0, f"{case.title}: {difference}")
        for case in read
        for difference in run_case(trial, case)
    ]
    return len(read), wrong


def _summary(trial: Protocol, cases: int) -> str:
    held = [
        counted(len(trial.criteria), "criterion", "criteria"),
        counted(len(trial.warnings), "warning"),
        counted(len(trial.vocabulary), "concept"),
        counted(cases, "worked case"),
    ]
    return f"{trial.acronym} holds together: {', '.join(held)}.\nProtocol digest {trial.digest}"
