"""Checks that no file names a package registry's host or a path of the machine it was written on."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# In pieces, so that this file does not name them itself.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    ]
]
PATHS = [f"{ROOT}/", "/".join(("", "work", ""))]


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def findings(path: Path) -> list[str]:
    if not path.is_file():
        return []
    lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    return [
        f"{path.relative_to(ROOT)}:{number}: names {forbidden}"
        for number, line in enumerate(lines, start=1)
        for forbidden in [*HOSTS, *PATHS]
        if forbidden in line
    ]


if __name__ == "__main__":
    found = [finding for path in files() for finding in findings(path)]
    if found:
        sys.exit("\n".join(["These lines name a package registry or a path of this machine:", *found]))
    print("No package registry's host and no path of this machine is named.")
