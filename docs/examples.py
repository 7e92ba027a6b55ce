"""Runs the examples of README.md and of the how-to pages again, and holds what they print against what the pages show.

A block below a line `<!-- shown: COMMAND -->` is what COMMAND prints. Call this with --write to renew the blocks.
The commands run in build/examples, where the files are that the pages speak of.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "examples"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
SHOWN = re.compile(r"(<!-- shown: (.+?) -->\n\n```text\n)(.*?)(```\n)", re.DOTALL)
SAVED = re.compile(r"[Ss]ave (?:this )?as `([\w.]+)`:\n\n```text\n(.*?)```\n", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```\n", re.DOTALL)
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
    "COLUMNS": "100",
    "PYTHONIOENCODING": "utf-8",
}


def prepare() -> None:
    """The files that the pages speak of: virtual people, the sheets they tell to save, a trial with two slips."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    printed("equipoise people nelmas --count 300 --seed 7 --on 2026-06-01 --output export")
    printed("equipoise rehearse nelmas --people 40 --seed 7 --output rehearsal")
    for page in PAGES:
        for name, content in SAVED.findall(page.read_text(encoding="utf-8")):
            (PLACE / name).write_text(content, encoding="utf-8")
    blocks = PYTHON.findall((ROOT / "docs/how-to/use-from-python.md").read_text(encoding="utf-8"))
    for number, block in enumerate(blocks, start=1):
        (PLACE / f"block{number}.py").write_text(block, encoding="utf-8")
    copy = PLACE / "my-trial"
    shutil.copytree(ROOT / "src/equipoise/trials/nelmas", copy)
    slip(copy / "criteria.toml", '"ecog <= 1"', '"ecgo <= 1"')
    slip(copy / "criteria.toml", '"albumin < 3.0 g/dL', '"albumin < 3.0 g/dm')


def slip(file: Path, right: str, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert right in text, f"{file.name} no longer says {right}"
    file.write_text(text.replace(right, wrong), encoding="utf-8")


def printed(command: str) -> str:
    """What the command prints, both to the terminal and of faults, without trailing blanks."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=PLACE,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
    return "\n".join(lines) + "\n"


def renewed(page: str) -> str:
    """The page with what its commands print now."""
    return SHOWN.sub(lambda match: match[1] + printed(match[2]) + match[4], page)


def main() -> None:
    prepare()
    stale: list[str] = []
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        now = renewed(page)
        if now != page:
            stale.append(str(path.relative_to(ROOT)))
            if "--write" in sys.argv:
                path.write_text(now, encoding="utf-8")
    if stale and "--write" not in sys.argv:
        sys.exit(f"These pages show what is no longer printed: {', '.join(stale)} (docs/examples.py --write renews it)")
    print(f"Renewed: {', '.join(stale)}" if stale else "Every example prints what its page shows.")


if __name__ == "__main__":
    main()
