"""Unfolds bundles and lists into single resources, each with the key by which others refer to it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from .elements import Item, Node, node, nodes, text

_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([^/?#|\s]+)(?:/_history/[^/]*)?\Z")
_DEEPEST = 20  # bundles within bundles: no real file goes deeper


class Removal(NamedTuple):
    """A DELETE of a bundle: from then on the resource says nothing. `stamp` is when, or ""."""

    key: str
    stamp: str
    source: str
    order: int


class NoResource(NamedTuple):
    """A JSON value that is no FHIR resource, at its place."""

    file: str
    place: str


@lru_cache(maxsize=65536)
def key_of(reference: str, expected: str = "") -> str:
    """The key ("Patient/1") that a relative or absolute reference names, with or without version; "" for none.

    A urn names the resource whose id it holds, when the type is known (`expected`).
    """
    match = _REFERENCE.search(reference)
    if match:
        return f"{match[1]}/{match[2]}"
    if reference.startswith("urn:") and expected:
        return f"{expected}/{reference.rpartition(':')[2]}"
    return ""


def unfold(
    value: Any, file: str, place: str, ordinals: "count[int]", depth: int = 0
) -> Iterator[Item | Removal | NoResource]:
    """Every resource of a parsed value: one resource, a bundle of any type (bundles within it too), or a list."""
    if isinstance(value, list) and depth < _DEEPEST:
        for number, each in enumerate(value, 1):
            yield from unfold(each, file, f"{place} entry {number}".strip(), ordinals, depth + 1)
        return
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        yield NoResource(file, place)
        return
    if value["resourceType"] == "Bundle":
        yield from _bundle(value, file, place, ordinals, depth)
        return
    yield _item(value, "", file, place, {}, next(ordinals), file)


def _bundle(
    bundle: Node, file: str, place: str, ordinals: "count[int]", depth: int
) -> Iterator[Item | Removal | NoResource]:
    entries = bundle.get("entry")
    if entries is None:
        return
    if not isinstance(entries, list) or depth >= _DEEPEST:
        yield NoResource(file, f"{place} entry".strip())
        return
    urls: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        url, resource = (text(entry, "fullUrl"), node(entry, "resource")) if isinstance(entry, dict) else ("", {})
        if url and resource:
            urls[url] = _key(resource, url, f"{place} entry {number}".strip(), file)
    for number, entry in enumerate(entries, 1):
        here = f"{place} entry {number}".strip()
        if not isinstance(entry, dict):
            yield NoResource(file, here)
            continue
        if node(entry, "request").get("method") == "DELETE":
            yield _removal(entry, file, here, next(ordinals))
            continue
        resource = entry.get("resource")
        if resource is None:
            continue  # a response without a body, a link
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            yield NoResource(file, here)
        elif resource["resourceType"] == "Bundle":
            yield from _bundle(resource, file, here, ordinals, depth + 1)
        else:
            yield _item(resource, text(entry, "fullUrl"), file, here, urls, next(ordinals), origin(file, place))


def _removal(entry: Node, file: str, place: str, ordinal: int) -> Removal:
    key = key_of(text(node(entry, "request"), "url").split("?")[0]) or key_of(text(entry, "fullUrl"))
    return Removal(key, text(node(entry, "response"), "lastModified"), f"{place} of {file}", ordinal)


def _key(resource: Node, url: str, place: str, file: str) -> str:
    kind, name = resource.get("resourceType"), resource.get("id")
    if isinstance(name, str) and name:
        return f"{kind}/{name}"
    tail = re.split(r"[/:]", url)[-1] if url else ""
    return f"{kind}/{tail}" if tail else f"{place or 'the resource'} of {file}"


def origin(file: str, place: str) -> str:
    """Where a bundle stands: the file, and the place in it where the file holds several."""
    return f"{file}\n{place}" if place else file


def file_of(where: str) -> str:
    """The file of an origin."""
    return where.partition("\n")[0]


def _item(resource: Node, url: str, file: str, place: str, urls: dict[str, str], ordinal: int, where: str) -> Item:
    key = _key(resource, url, place, file)
    base = url.removesuffix(f"/{key}") if url.startswith("http") and url.endswith(key) else ""
    return Item(resource, key, key, where, ordinal, urls, base=base)


def contained(item: Item, subject: str) -> Iterator[Item]:
    """The resources contained in one, which speak of the same person unless they say another."""
    for number, resource in enumerate(nodes(item.resource, "contained"), 1):
        name = text(resource, "id") or str(number)
        if isinstance(resource.get("resourceType"), str):
            key = f"{item.key}#{name.removeprefix('#')}"
            yield Item(resource, key, key, item.file, item.ordinal, item.urls, item.key, subject)


def target(reference: Node, item: Item, expected: str = "") -> str:
    """The key that a Reference names: within its container, its bundle, or by type and id; "?system|value" for one by
    identifier; "" when it names nothing."""
    written = reference.get("reference")
    if isinstance(written, str) and written:
        if written.startswith("#"):
            return f"{item.owner or item.key}{written}" if len(written) > 1 else (item.owner or item.key)
        found = item.urls.get(written)
        if found:
            return found
        if "?" in written:
            return _by_search(written)
        return key_of(written, expected)
    identifier = reference.get("identifier")
    if isinstance(identifier, dict) and text(identifier, "value"):
        return f"?{text(identifier, 'system')}|{text(identifier, 'value')}"
    return ""


def _by_search(written: str) -> str:
    _, _, query = written.partition("?")
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "identifier" and value:
            return f"?{value}" if "|" in value else f"?|{value}"
    return ""


def targets(parent: Node, name: str, item: Item, expected: str = "") -> tuple[str, ...]:
    """The keys that a repeating reference names, those that name nothing left out."""
    return tuple(key for key in (target(each, item, expected) for each in nodes(parent, name)) if key)
