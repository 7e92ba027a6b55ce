"""CQL on DuckDB: fhir4ds-v2, which turns the definitions into SQL over a table of resources.

python fhir4ds_peer.py NELMAS.CQL FOLDER_OF_NDJSON OUTPUT.NDJSON CRITERION...
Writes one line a person; prints seconds as JSON: start, read, run; processor: of read and run.
"""

import json
import os
import sys
import time
from pathlib import Path

TRUTHS = {"True": True, "False": False}  # all else is unknown: None, or pandas' own NA

start = time.perf_counter()
import fhir4ds  # noqa: E402
from fhir4ds.cql.loader import FHIRDataLoader  # noqa: E402


def main(cql: str, folder: str, output: str, criteria: list[str]) -> None:
    connection = fhir4ds.create_connection()
    seconds = {"start": time.perf_counter() - start}
    begun, used = time.perf_counter(), sum(os.times()[:2])
    loader = FHIRDataLoader(connection)
    for file in sorted(Path(folder).glob("*.ndjson")):
        loader.load_ndjson(str(file))
    seconds["read"] = time.perf_counter() - begun
    begun = time.perf_counter()
    found = fhir4ds.evaluate_measure(library_path=cql, conn=connection, output_columns={c: c for c in criteria})
    names, rows = list(found.columns), list(found.itertuples(index=False, name=None))
    seconds["run"] = time.perf_counter() - begun
    seconds["processor"] = sum(os.times()[:2]) - used
    with Path(output).open("w", encoding="utf-8") as file:
        for row in rows:
            answers = dict(zip(names, row, strict=True))
            truths = {name: TRUTHS.get(str(truth)) for name, truth in answers.items() if name in criteria}
            file.write(json.dumps({"person": answers["patient_id"], **truths}) + "\n")
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
