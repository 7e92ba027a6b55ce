"""The command as a process of its own: pipes that break, interruptions, terminals and colours."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.sheet import write_sheet

COMMAND = [sys.executable, "-c", "from equipoise.cli import main; main(prog_name='equipoise')"]
ON = ["--on", "2026-06-01"]


def _heed_interruptions() -> None:
    """What runs in the background is started deaf to Ctrl-C, and so would be its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(*words: str | Path, **extra: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # type: ignore[call-overload]
        [*COMMAND, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=_heed_interruptions,
        **extra,
    )


def test_exit_codes(tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path)
    for words, code in (
        (["screen", "nelmas", sheet, *ON], 0),
        (["screen", "nelmas", tmp_path / "no"], 2),
        (["nonsense"], 2),
    ):
        process = start(*words)
        _, told = process.communicate(timeout=60)
        assert process.returncode == code, told
        assert "Traceback" not in told


def test_a_broken_pipe_says_nothing(tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text("person,ecog\n" + "".join(f"P-{number},0\n" for number in range(400)))
    process = start("screen", "nelmas", sheet, *ON, "--format", "json")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait(timeout=60) == 141
    assert told == ""
    process.stderr.close()


def test_an_interruption_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    """The records are a pipe that never ends, so the command is in the midst of reading when it is interrupted."""
    pipe, output = tmp_path / "people.csv", tmp_path / "out.json"
    os.mkfifo(pipe)
    output.write_text("precious")
    process = start("screen", "nelmas", pipe, *ON, "--output", output)
    writer = _open_once_read(pipe)
    time.sleep(0.5)  # until it waits for bytes: a signal between two instructions is only heeded after the wait
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    os.close(writer)
    assert process.returncode == 130
    assert told.strip().splitlines() == ["Interrupted before the end; no file was written or changed."]
    assert output.read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "people.csv"]


def _open_once_read(pipe: Path) -> int:
    for _ in range(600):
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    pytest.fail("nobody reads the pipe")


def _on_terminal(*words: str | Path, **environment: str) -> str:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdout=slave,
        stderr=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    process.communicate(timeout=60)
    return shown.decode()


def test_colours_only_on_a_terminal(tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path)
    words = ["screen", "nelmas", sheet, *ON]
    assert "\x1b[" in _on_terminal(*words)
    assert "\x1b[" not in _on_terminal(*words, NO_COLOR="1")
    shown, _ = start(*words).communicate(timeout=60)
    assert "\x1b" not in shown


def test_a_terminal_without_unicode_gets_its_answer(tmp_path: Path) -> None:
    process = start("screen", "nelmas", write_sheet(tmp_path), *ON, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    shown, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "6 people screened" in shown
