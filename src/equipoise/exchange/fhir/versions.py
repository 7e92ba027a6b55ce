"""The same resource met more than once: its newest version counts, a deleted one says nothing."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from .drafts import Draft, Gathered, Version
from .elements import Item, node, text


def register(item: Item, subject: str, gathered: Gathered) -> None:
    """Remembers that a resource was met, in which version."""
    meta = node(item.resource, "meta")
    updated, number = text(meta, "lastUpdated"), text(meta, "versionId")
    note(item.key, Version(item.ordinal, updated, number, subject, item.file, base=item.base), gathered)


def note(key: str, version: Version, gathered: Gathered) -> None:
    before = gathered.versions.get(key)
    if before is None:
        gathered.versions[key] = version
    elif isinstance(before, list):
        before.append(version)
    else:
        gathered.versions[key] = [before, version]


def overruled(
    gathered: Gathered, person: Callable[[Version], str], drafts: Mapping[int, tuple[Draft, ...]]
) -> tuple[dict[int, str], list[tuple[str, Version, str, str]]]:
    """The ordinals that say nothing any more, with the key; and what to tell: (key, version, kind, why)."""
    gone: dict[int, str] = {}
    told: list[tuple[str, Version, str, str]] = []
    for key, found in gathered.versions.items():
        if isinstance(found, Version):
            continue
        for versions in _by_person(found, person):
            if len(versions) > 1:
                _judge(key, versions, drafts, gone, told)
    return gone, told


def _by_person(versions: list[Version], person: Callable[[Version], str]) -> list[list[Version]]:
    """Versions of one resource: of one person and, where files name several, of one server. A removal does not say
    about whom; it holds for all."""
    grouped: dict[tuple[str, str], list[Version]] = defaultdict(list)
    several = len({version.base for version in versions if version.base}) > 1
    for version in versions:
        if not version.gone:
            grouped[person(version), version.base if several else ""].append(version)
    removals = [version for version in versions if version.gone]
    return [[*group, *removals] for group in grouped.values()]


def _judge(
    key: str, versions: list[Version], drafts: Mapping[int, tuple[Draft, ...]], gone: dict[int, str],
    told: list[tuple[str, Version, str, str]],
) -> None:  # fmt: skip
    newest = _newest(versions)
    if newest is None:
        alike = len({_content(drafts.get(version.ordinal, ())) for version in versions}) == 1
        if alike:
            for version in versions[1:]:
                gone[version.ordinal] = key
        else:
            why = "it stands in the files twice with different content, and nothing tells which is newer"
            told.append((key, versions[0], "two versions", why))
        return
    if newest.gone:
        told.append((key, newest, "deleted", "it was deleted"))
    for version in versions:
        if version.ordinal == newest.ordinal:
            continue
        gone[version.ordinal] = key
        if not version.gone and not newest.gone and drafts.get(version.ordinal, ()):
            why = "a newer version of it is in the files and counts"
            told.append((key, version, "superseded version", why))


def _newest(versions: list[Version]) -> Version | None:
    """The newest version by the time of its last update, else by its number; None when that cannot be told."""
    times = [_instant(version.updated) for version in versions]
    if all(time is not None for time in times):
        latest = max(time for time in times if time is not None)
        newest = [version for version, time in zip(versions, times, strict=True) if time == latest]
        if len(newest) == 1:
            return newest[0]
        versions = newest
    if all(version.number.isdecimal() and len(version.number) < 19 for version in versions):
        last = max(int(version.number) for version in versions)
        newest = [version for version in versions if int(version.number) == last]
        if len(newest) == 1:
            return newest[0]
        return None
    removals = [version for version in versions if version.gone and not version.updated]
    return removals[-1] if removals else None


def _instant(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _content(drafts: tuple[Draft, ...]) -> str:
    return repr([draft._replace(ordinal=0, file="") for draft in drafts])
