"""The requirements on an electronic trial system, each with the test that shows it, or what it waits for."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .markdown import code, page, plain, table

FILE = Path(__file__).resolve().parent.parent / "requirements.toml"


def requirements() -> str:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    found = content["requirement"]
    waiting = [each for each in found if each.get("waits")]
    shown = sum(1 for each in found if each.get("tests"))
    return page(
        "# Requirements and the tests that show them\n",
        f"{plain(content['sources'])}\n",
        f"{len(found)} requirements; {shown} are shown by tests that run with every change, and {len(waiting)} wait, "
        "in whole or in part, for the web site. A test that is named here and is not there fails the build of this "
        "page.\n",
        *(_group(name, [each for each in found if each["group"] == name]) for name in _groups(found)),
    )


def _groups(found: list[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(each["group"] for each in found))


def _group(name: str, found: list[Mapping[str, Any]]) -> str:
    rows = [[f"**{each['id']}**", plain(each["text"]), _shown(each)] for each in found]
    return page(f"## {name}\n", table(["", "requirement", "shown by"], rows))


def _shown(each: Mapping[str, Any]) -> str:
    tests = "<br>".join(code(test) for test in each.get("tests", []))
    waits = f"*Waits for {plain(each['waits'])}*" if each.get("waits") else ""
    return "<br>".join(part for part in (tests, waits) if part)
