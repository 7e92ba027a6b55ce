"""What every kind of test shares: Hypothesis profiles, the data beside the repository, outside tools."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from tests.private_postgres import installed, private_server

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)  # the same examples for the same code
settings.register_profile("thorough", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "local"))


def lacks(what: str, remedy: str) -> NoReturn:
    """Skips a test that needs a tool from outside, and says what to do; in CI it fails, lest it never runs.

    EQUIPOISE_CI overrides CI: 0 where the tools are installed only later, 1 where they must be there.
    """
    reason = f"{what} is missing: {remedy}"
    if os.environ.get("EQUIPOISE_CI", "1" if IN_CI else "0") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository: ../shared/data, or where EQUIPOISE_SHARED points."""
    folder = Path(os.environ.get("EQUIPOISE_SHARED", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the shared data are not at {folder}: set EQUIPOISE_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the system's Chromium is: `playwright.chromium.launch(executable_path=chromium)`."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or lacks("Chromium", "on Debian: apt-get install chromium")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty database in a PostgreSQL server of our own, which ends with the tests."""
    if not installed():
        lacks("PostgreSQL", "on Debian: apt-get install postgresql")
    with private_server() as url:
        yield url


@pytest.fixture(scope="session")
def spark() -> str:
    """The master of a local Spark, once it is sure that PySpark and Java are here."""
    if find_spec("pyspark") is None:
        lacks("PySpark", "pip install --require-hashes -r requirements-spark.lock")
    if shutil.which("java") is None:
        lacks("Java", "on Debian: apt-get install default-jre-headless")
    return "local[2]"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for needed in ("chromium", "postgres", "spark"):
            if needed in getattr(item, "fixturenames", ()):
                item.add_marker(getattr(pytest.mark, f"needs_{needed}"))
