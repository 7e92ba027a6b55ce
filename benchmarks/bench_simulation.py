"""Simulated trials, each with its analysis, beside the analysis alone by statsmodels and by SciPy, on the same trials.

python bench_simulation.py [--trials 100000] [--rounds 7] [--peer-trials 100]

The trial: 106 people, two strata, 36 months of accrual, cut at month 72, an effect that begins after 6 months, 5 % loss
a year; stratified log-rank test and stratified Cox model of each. Ours draws and analyses. The peers get trials that
are drawn already: statsmodels' survdiff (stratified) and PHReg (stratified, Efron), and scipy.stats.logrank, which
knows no strata. First every test statistic and log hazard ratio of the trials that the peers get is compared. Times are
of one core and of the processor, so that other work on the machine counts less; then the clock on all cores, the
compilation in a process that has no cache, and memory against the number of trials.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from math import sqrt
from statistics import median

import numpy as np
import scipy
import statsmodels
from measured import machine
from scipy.stats import CensoredData, logrank
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from equipoise.analysis.cox import cox
from equipoise.analysis.followed import two_arms
from equipoise.analysis.logrank import log_rank
from equipoise.simulation.study import OneTrial, simulated, simulated_trial
from equipoise.simulation.study_plan import Stratum, StudyPlan

PLAN = StudyPlan(
    people=106, accrual=36.0, cut=72.0, strata=(Stratum("a", 0.5), Stratum("b", 0.5)), blocks=(4,), control=(0.25,),
    hazard_ratio=0.592, delay=6.0, loss=0.05,
)  # fmt: skip
# Measured elsewhere, per trial on one core (from the issue this answers); none of them can be run here.
ELSEWHERE = (
    ("lrstat, no hazard ratio", 19), ("rpact, no strata, no hazard ratio", 47), ("R coxph.fit", 570),
    ("simtrial", 12_600), ("lifelines", 58_000),
)  # fmt: skip
CHILD = """
import resource, time
from bench_simulation import PLAN
begun = time.perf_counter()
from equipoise.simulation.study import simulated
imported = time.perf_counter()
simulated(PLAN, 1, 1)
ready = time.perf_counter()
simulated(PLAN, {trials}, 1)
print(imported - begun, ready - imported, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def by_statsmodels(trial: OneTrial) -> tuple[float, float]:
    """Chi-square of the stratified log-rank test, and the log hazard ratio."""
    rows = trial.rows
    chi_square, _ = survdiff(rows.time, rows.event, rows.arm, strata=rows.stratum)
    model = PHReg(rows.time, rows.arm[:, None].astype(float), status=rows.event, strata=rows.stratum, ties="efron")
    return float(chi_square), float(model.fit(disp=False).params[0])


def by_scipy(trial: OneTrial) -> float:
    """z of the log-rank test without strata."""
    rows = trial.rows
    arms = [
        CensoredData(
            uncensored=rows.time[(rows.arm == arm) & (rows.event == 1)],
            right=rows.time[(rows.arm == arm) & (rows.event == 0)],
        )
        for arm in (0, 1)
    ]
    return float(logrank(*arms).statistic)


def check(trials: list[OneTrial]) -> None:
    """Raises AssertionError unless all give the same answers."""
    for trial in trials:
        rows = trial.rows
        people = two_arms(rows.time, rows.event, rows.arm, stratum=rows.stratum)
        chi_square, log_hr = by_statsmodels(trial)
        test, model = log_rank(people).test, cox(people)
        assert test is not None and np.isclose(test.chi_square, chi_square, rtol=1e-6), (test, chi_square)
        assert model.log_hr is not None and np.isclose(model.log_hr, log_hr, rtol=1e-5, atol=1e-7)
        plain = log_rank(people.unstratified()).test
        assert plain is not None and np.isclose(sqrt(plain.chi_square), abs(by_scipy(trial)), rtol=1e-6)


def per_trial(what: Callable[[], object], trials: int) -> float:
    """Microseconds of the processor."""
    begun = time.process_time()
    what()
    return (time.process_time() - begun) / trials * 1e6


def told(name: str, peers: list[float], ours: list[float]) -> None:
    ratios = [peer / our for peer, our in zip(peers, ours, strict=True)]
    print(
        f"  peer: {name}   {median(peers):,.0f} µs   same answers: yes   ratio (peer / ours): {median(ratios):,.0f} "
        f"[{min(ratios):,.0f} to {max(ratios):,.0f}]"
    )


def child(trials: int, cache: str = "") -> list[float]:
    """Seconds of import, seconds until compiled, and megabytes at most, of a process of its own."""
    environment = {**os.environ, **({"NUMBA_CACHE_DIR": cache} if cache else {})}
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(trials=trials)], cwd=os.path.dirname(os.path.abspath(__file__)),
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(each) for each in done.stdout.split()]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--trials", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--peer-trials", type=int, default=100)
    given = asked.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}; {machine()}; Python {sys.version.split()[0]}, NumPy {np.__version__}")
    simulated(PLAN, 1, 1)
    drawn = [simulated_trial(PLAN, 1, replicate) for replicate in range(given.peer_trials)]
    check(drawn)
    ours, models, tests = list[float](), list[float](), list[float]()
    for _ in range(given.rounds):
        ours.append(per_trial(lambda: simulated(PLAN, given.trials, 1), given.trials))
        models.append(per_trial(lambda: [by_statsmodels(trial) for trial in drawn], len(drawn)))
        tests.append(per_trial(lambda: [by_scipy(trial) for trial in drawn], len(drawn)))
    print(f"  ours: draws and analyses, one core   {median(ours):.2f} µs a trial [{min(ours):.2f} to {max(ours):.2f}]")
    told(f"statsmodels {statsmodels.__version__}, analysis only", models, ours)
    told(f"SciPy {scipy.__version__} logrank, no strata, no hazard ratio, analysis only", tests, ours)
    for name, microseconds in ELSEWHERE:
        print(f"  measured elsewhere, not here: {name}   {microseconds:,} µs a trial")
    cores = os.cpu_count() or 1
    begun = time.perf_counter()
    simulated(PLAN, given.trials, 1, cores)
    print(f"  {given.trials:,} trials on {cores} cores, by the clock: {time.perf_counter() - begun:.2f} s")
    with tempfile.TemporaryDirectory() as cache:
        for name in ("without a cache", "with one"):
            _, ready, _ = child(1, cache)
            print(f"  ready in a new process, {name}: {ready:.1f} s")
    for trials in (1000, 10_000, 100_000, 1_000_000):
        print(f"  {trials:,} trials: {child(trials)[2]:.0f} MB at most")


if __name__ == "__main__":
    main()
