"""The tests that pages name, as `tests/unit/test_truth.py::test_not_table`: are they there?"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_TEST = re.compile(r"(tests/[\w/]+\.py)(?:::(\w+))?")


def missing_tests(markdown: str) -> list[str]:
    """What a page names under tests/ and cannot be found there."""
    return [match[0] for match in _TEST.finditer(markdown) if not _is_there(ROOT / match[1], match[2])]


def _is_there(file: Path, test: str | None) -> bool:
    if not file.is_file():
        return False
    return test is None or re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None
