"""[study.*] of assumptions.toml: NELMAS's own, and every mistake told."""

import shutil
from pathlib import Path

import pytest

from equipoise.faults import Fault, Mistakes
from equipoise.protocol.load import load_trial, trial_folder
from equipoise.simulation.study_assumptions import control_rates, load_study, scans_of
from equipoise.simulation.study_grid import StudyQuestion, scenarios

TRIAL = load_trial("nelmas")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(str(trial_folder("nelmas")), tmp_path / "nelmas")
    return tmp_path / "nelmas"


def mistakes(folder: Path, old: str, new: str) -> str:
    path = folder / "assumptions.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Mistakes) as caught:
        load_study(TRIAL, folder)
    return str(caught.value)


def test_the_trials_own_assumptions() -> None:
    found = load_study(TRIAL, "nelmas")
    plan = found.plan
    assert (plan.people, plan.follow_up, plan.blocks, plan.ratio) == (106, 36, (4, 6, 8), (1, 1))
    assert [stratum.name for stratum in plan.strata] == ["G1|R0", "G1|R1", "G2|R0", "G2|R1"]
    assert sum(stratum.share for stratum in plan.strata) == pytest.approx(1)
    assert plan.strata[3].hazard == pytest.approx(1.8 * 2.0)
    assert found.hazard_ratios == (0.45, 0.592, 0.75, 1.0)
    assert plan.control[0] == 0.30 and plan.control[-1] == 0.55 and len(plan.control) == 26


def test_scans_are_those_of_the_schedule_for_everybody() -> None:
    assert scans_of(TRIAL) == (3, 6, 9, 12, 15, 18, 21, 24, 30, 36)


def test_every_assumption_says_where_it_is_from() -> None:
    for each in load_study(TRIAL, "nelmas").told.values():
        assert each.origin.startswith(("source: ", "ours, not from NELMAS")), each
    told = load_study(TRIAL, "nelmas").told
    assert "not verified" in told["strata.grade"].origin
    assert told["scans"].origin == "ours, not from NELMAS: schedule.toml"


def test_what_the_simulation_assumes_is_no_part_of_the_protocol(folder: Path) -> None:
    path = folder / "assumptions.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("is = 106", "is = 90"), encoding="utf-8")
    assert load_study(TRIAL, folder).plan.people == 90
    assert load_trial(str(folder)).digest == TRIAL.digest


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[study.delay]\nis = 0\nours = true", "[study.delay]\nis = 0", "[study.delay]: needs a source, or ours"),
        ("[study.cure]\nis = 0", '[study.cure]\nis = "no"', "[study.cure]: 'no' is not a number from 0"),
        ("[study.cure]", "[study.cured]", "[study.cured]: is not an assumption of a simulation"),
        ('is = "saxena"', 'is = "weibull"', '[study.shape]: "weibull" is not one of [study.shapes]'),
        ("is = { G1 = [0.40, 1.0], ", "is = { G1 = [0.50, 1.0], ", "[study.strata.grade]: has just the levels G1, G2"),
        ("[study.strata.margin]", "[study.strata.edge]", "[study.strata.edge]: is not a factor of the randomisation"),
        ("is = [0.30, 0.55]", "is = [0.55, 0.30]", "[study.control]: [0.55, 0.3] is not a share, or [lowest, highest]"),
        ("accrual = 1537", "speed = 1537", '[study.scenario as it went]: "speed" is not a number'),
    ],
)  # fmt: skip
def test_mistakes_are_told(folder: Path, old: str, new: str, says: str) -> None:
    assert says in mistakes(folder, old, new)


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    path = folder / "assumptions.toml"
    text = path.read_text(encoding="utf-8").replace("[study.people]", "[study.persons]")
    path.write_text(text.replace("[study.cure]", "[study.cured]"), encoding="utf-8")
    with pytest.raises(Mistakes) as caught:
        load_study(TRIAL, folder)
    assert len(caught.value.mistakes) == 3  # two strange keys, and nobody says how many people


def test_a_trial_without_such_tables_is_told_what_to_do(folder: Path) -> None:
    path = folder / "assumptions.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[study.people]")], encoding="utf-8")
    with pytest.raises(Fault, match=r"has no tables \[study\.\*\]"):
        load_study(TRIAL, folder)
    path.unlink()
    with pytest.raises(Fault, match="has to be told what to assume"):
        load_study(TRIAL, folder)


def test_a_range_of_control_rates_goes_in_steps() -> None:
    assert control_rates(0.3, 0.34) == (0.3, 0.31, 0.32, 0.33, 0.34)
    assert control_rates(0.25, 0.25) == (0.25,)


# ---------------------------------------------------------------- the grid
def test_a_grid_is_every_combination_and_the_further_scenarios() -> None:
    found = load_study(TRIAL, "nelmas")
    axes = {"hazard_ratio": (0.5, 1.0), "control": ((0.25,), (0.44,)), "loss": (0.0, 0.05, 0.1)}
    grid = scenarios(found, StudyQuestion(10, 1, axes=axes))
    assert len(grid) == 2 * 2 * 3 + 1 and grid[-1].name == "as it went"
    assert grid[1].settings == (("HR", "0.5"), ("control", "0.25"), ("yearly loss", "0.05"))
    assert len({scenario.plan.key for scenario in grid}) == len(grid)
    assert grid[-1].plan.accrual == 1537 and grid[-1].plan.people == 106


def test_what_is_stated_once_is_no_column() -> None:
    found = load_study(TRIAL, "nelmas")
    grid = scenarios(found, StudyQuestion(10, 1, axes={"control": ((0.25,),)}, changes={"people": 90}, further=False))
    assert [scenario.settings for scenario in grid] == [(("HR", each),) for each in ("0.45", "0.592", "0.75", "1")]
    assert all(scenario.plan.people == 90 and scenario.plan.control == (0.25,) for scenario in grid)


def test_a_grid_that_is_too_large_is_refused() -> None:
    found = load_study(TRIAL, "nelmas")
    with pytest.raises(Fault, match="at most 1,000 scenarios"):
        scenarios(found, StudyQuestion(1, 1, axes={"loss": tuple(n / 1000 for n in range(300))}))
