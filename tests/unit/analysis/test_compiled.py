import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import FunctionCache

from equipoise.analysis import compiled as subject
from equipoise.analysis.compiled import compiled

SOURCE = Path(subject.__file__).parents[2]


def one_more(value: float) -> float:
    return value + 1.0


def run(folder: Path, code: str) -> str:
    environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{SOURCE}", "NUMBA_CACHE_DIR": str(folder / "kept")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_kernel_is_kept_on_disk_and_compiled_anew_when_one_it_calls_has_changed(tmp_path: Path) -> None:
    inner = "from equipoise.analysis.compiled import compiled\n@compiled\ndef inner(x):\n    return x + {}\n"
    (tmp_path / "inner.py").write_text(inner.format("1.0"))
    (tmp_path / "outer.py").write_text(
        "from equipoise.analysis.compiled import compiled\nfrom inner import inner\n\n"
        "@compiled\ndef outer(x):\n    return 2.0 * inner(x)\n"
    )
    ask = "from outer import outer; print(outer(1.0), sum(outer.stats.cache_hits.values()))"
    assert run(tmp_path, ask) == "4.0 0"
    assert run(tmp_path, ask) == "4.0 1"
    (tmp_path / "inner.py").write_text(inner.format("2.0"))
    assert run(tmp_path, ask) == "6.0 0"


def test_without_a_folder_to_write_in_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(FunctionCache, "__init__", nowhere)
    assert compiled(one_more)(1.0) == 2.0


def test_a_full_disk_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(FunctionCache, "save_overload", full)
    assert compiled(one_more)(2.0) == 3.0


def test_dividing_by_nothing_is_infinite() -> None:
    assert compiled(lambda value: 1.0 / value)(0.0) == float("inf")
