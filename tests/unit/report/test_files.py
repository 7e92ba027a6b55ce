"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from equipoise.faults import Fault
from equipoise.report.files import written


def test_the_file_appears_at_the_end_only(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with written(path) as file:
        file.write(b"one")
        assert not path.exists()
    assert path.read_bytes() == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_nothing_changes_when_the_writing_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_bytes(b"precious")
    with pytest.raises(KeyboardInterrupt), written(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"precious"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_what_was_there_keeps_its_permissions_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "out.txt", tmp_path / "link.txt"
    path.write_bytes(b"old")
    path.chmod(0o600)
    link.symlink_to(path)
    with written(link) as file:
        file.write(b"new")
    assert link.is_symlink() and path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", [".", "absent/out.txt"])
def test_a_place_where_no_file_can_be_is_told_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(Fault), written(tmp_path / name):
        pytest.fail("the block must not begin")
