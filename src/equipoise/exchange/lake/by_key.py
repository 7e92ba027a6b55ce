"""The facts of some people of a lake, by their keys: what an engine asks of the store for the reference."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ...eligibility.lake import Part
from ...facts import Fact
from ..fact_json import fact_from_json
from .duckdb import Database


def facts_by_key(parts: Sequence[Part], keys: Sequence[int]) -> Mapping[int, list[Fact]]:
    """Of each key its facts, in the order in which they were read; none where nothing is known of the person."""
    placed: defaultdict[int, list[tuple[int, Fact]]] = defaultdict(list)
    files = [file for part in parts for file in part.facts.values()]
    with Database() as database:
        wanted = "key IN (SELECT unnest(CAST(? AS BIGINT[])))"
        for file in files:
            for key, number, line in database.parquet_rows([file], ("key", "n", "exact"), wanted, (list(keys),)):
                placed[key].append((number, fact_from_json(line)))
    ordered = {key: [fact for _, fact in sorted(found, key=lambda each: each[0])] for key, found in placed.items()}
    return {key: ordered.get(key, []) for key in keys}
