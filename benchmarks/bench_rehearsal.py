"""A whole trial rehearsed through its door, beside the mere writing of the same entries into the same kind of store.

The peer is the store itself: MemoryStore.append of every entry that the rehearsal made, one by one. The ratio says what
all the deciding (refusals, verdicts, strata, doses, visits) costs beside the writing. Same answers: the same head hash.
"""

import argparse
import time
from statistics import median

from equipoise.ledger.memory import MemoryStore
from equipoise.protocol.load import load_trial
from equipoise.simulation.rehearsal import Rehearsal, Settings, salts
from equipoise.simulation.rehearsal_assumptions import load_rehearsal
from equipoise.simulation.rehearsal_ledger import draft_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=106)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    trial = load_trial("nelmas")
    assumed = load_rehearsal(trial, "nelmas")
    ours, peers = list[float](), list[float]()
    for _ in range(asked.rounds):
        store = MemoryStore(salts(7))
        began = time.process_time()
        played = Rehearsal(trial, assumed, Settings(asked.people, 7), store)
        played.run()
        ours.append(time.process_time() - began)
        entries = list(store.entries())
        again = MemoryStore(salts(7))
        began = time.process_time()
        for entry in entries:
            again.append([draft_of(entry)])
        peers.append(time.process_time() - began)
        assert again.head() == store.head()
        state = played.trial.state
        print(f"{state.allocated} randomised of {len(state.people)}, {len(entries):,} entries, to {played.today}")
    ratios = [each / peer for each, peer in zip(ours, peers, strict=True)]
    print(f"rehearsal: {median(ours):.1f} s of processor time [{min(ours):.1f} to {max(ours):.1f}]")
    print(
        f"peer: writing the same entries   ours: the whole rehearsal   same answers: yes   "
        f"ratio (ours / peer): {median(ratios):.1f} [{min(ratios):.1f} to {max(ratios):.1f}]"
    )


if __name__ == "__main__":
    main()
