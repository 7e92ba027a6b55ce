"""The house rules that no linter sees."""

from pathlib import Path

import equipoise

PACKAGE = Path(equipoise.__file__).parent


def test_trials_hold_data_only() -> None:
    python = {path.name for path in (PACKAGE / "trials").rglob("*.py")}
    assert python <= {"__init__.py"}


def test_nothing_outside_trials_is_made_for_one_trial() -> None:
    named = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "trials" and "nelmas" in path.stem
    ]
    assert named == []
