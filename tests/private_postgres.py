"""A PostgreSQL server for one run of the tests, from Debian's own binaries, that nobody else can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SECONDS = 60


def installed() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts them; the newest of several."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in versions), key=lambda path: float(path.parent.name), default=None)


@contextmanager
def private_server() -> Iterator[str]:
    """Its URL. It listens on a socket in a temporary folder only; the folder goes when it ends.

    PostgreSQL refuses to run as root: then it runs as a user without rights.
    """
    programs = installed()
    assert programs is not None
    account = pwd.getpwnam(_nobody()) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="eq-pg-", dir="/tmp"))  # a socket's path must be short
    as_user: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "timeout": _SECONDS, "check": True}
    if os.geteuid() == 0:
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    controlled = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-s"]
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    try:
        subprocess.run(
            [
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "tester",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
            **as_user,
        )
        subprocess.run([*controlled, "-o", options, "-l", str(folder / "log"), "start"], **as_user)
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            subprocess.run([*controlled, "-m", "immediate", "stop"], **as_user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _nobody() -> str:
    """Debian's user of its own server, or nobody."""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"
