"""A design as it is asked for: people for a power, power for people, looks, the standing at a look, refusals."""

from dataclasses import replace

import pytest

from equipoise.analysis.design.asked import Question, answered
from equipoise.analysis.design.sequential import POCOCK, Futility, evenly_spaced
from equipoise.analysis.design.size import METHODS
from equipoise.analysis.design.spending import HwangShihDeCani, LikeObrienFleming
from equipoise.faults import Fault

ASKED = Question(
    control=0.25, at=36, hazard_ratio=0.5922, alpha=0.05, sides=2, power=0.8, method="schoenfeld", accrual=36,
    followup=36, loss=0.05,
)  # fmt: skip
THREE = replace(ASKED, looks=evenly_spaced(3), rule=LikeObrienFleming())


def test_people_for_a_power() -> None:
    found = answered(ASKED)
    assert found.people == 160 and 158 < found.needed < 159
    assert found.power >= 0.8 and found.plan is None and found.looks == () and found.standing is None
    assert [each.method for each in found.sizes] == list(METHODS)
    assert [each.month for each in found.course] == [12, 24, 36, 48, 60, 72]
    assert [each.entered for each in found.course][:4] == pytest.approx([160 / 3, 320 / 3, 160, 160])


def test_power_for_people() -> None:
    found = answered(replace(ASKED, people=106))
    assert found.power == pytest.approx(0.6289993601) and found.people == 106
    by = {each.test: each.power for each in found.tests}
    assert by["log-rank, whatever the hazards"] == pytest.approx(0.6272287926)
    assert by["difference at 36 months"] == pytest.approx(0.5184921884)
    assert by["restricted mean up to 36 months"] == pytest.approx(0.5195651275)


def test_one_side_of_half_the_alpha_is_the_same() -> None:
    assert answered(replace(ASKED, alpha=0.025, sides=1)).needed == answered(ASKED).needed


def test_a_test_of_a_time_that_nobody_reaches_says_so_and_the_others_stand() -> None:
    found = answered(replace(ASKED, followup=6, accrual=24))
    assert found.tests[0].power is not None
    assert [each.power for each in found.tests[1:]] == [None] * 3
    assert all("Nobody is followed for 36" in each.why for each in found.tests[1:])


def test_a_delay_takes_the_log_rank_test_itself() -> None:
    found = answered(replace(ASKED, delay=3, people=106))
    assert found.sizes == () and found.power == pytest.approx(0.4963744016)
    assert answered(replace(ASKED, delay=3)).power >= 0.8


def test_looks() -> None:
    found, plain = answered(THREE), answered(ASKED)
    assert found.plan is not None and found.needed == pytest.approx(plain.needed * found.plan.inflation)
    assert found.power >= 0.8
    assert [each.share for each in found.looks] == pytest.approx([1 / 3, 2 / 3, 1])
    events = sum(found.course[-1][2:])
    assert [each.events for each in found.looks] == pytest.approx([events / 3, 2 * events / 3, events])
    assert found.looks[-1].month == pytest.approx(72)
    ratios = [each.ratio_upper for each in found.looks]
    assert ratios == sorted(ratios) and all(each.lower is each.ratio_lower is None for each in found.looks)
    assert sum(each.stop_alternative[0] for each in found.looks) == pytest.approx(found.power)
    assert all(each.stop_null[1] == each.stop_alternative[1] == 0 for each in found.looks)


def test_looks_for_futility_too() -> None:
    found = answered(replace(THREE, futility=Futility(HwangShihDeCani(-2))))
    for which in ("stop_null", "stop_alternative"):
        assert (
            sum(sum(getattr(each, which)) for each in found.looks) == pytest.approx(1, abs=1e-9) or which == "stop_null"
        )
    assert sum(each.stop_alternative[0] for each in found.looks) == pytest.approx(found.power)
    assert found.looks[0].ratio_lower is not None and found.looks[0].ratio_lower > 1 > (found.looks[1].ratio_lower or 2)


def test_every_formula_plans_looks_for_its_own_power() -> None:
    for method in METHODS:
        found = answered(replace(THREE, method=method, rule=POCOCK, people=None))
        assert 0.8 <= found.power < 0.82


def test_the_standing_at_a_look() -> None:
    found = answered(replace(ASKED, people=106, seen=(1.2, 38.0)))
    assert found.standing is not None
    assert found.standing.none < found.standing.trend < found.standing.predictive < found.standing.assumed < 1
    over = answered(replace(ASKED, people=106, seen=(2.0, 200.0))).standing
    assert over is not None and (over.information, over.assumed, over.predictive) == (1, 1, 1)
    planned = answered(replace(THREE, people=106, seen=(1.2, 38.0))).standing
    assert planned is not None and planned.assumed < found.standing.assumed


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"hazard_ratio": 1.0}, "no difference"),
        ({"hazard_ratio": 0.0}, "above 0"),
        ({"control": 1.0}, "between 0 and 1"),
        ({"accrual": 700}, "at most 600 months"),
        ({"accrual": 0, "followup": 0}, "lasts longer than 0"),
        ({"people": 1}, "at least 2 people"),
        ({"sides": 3}, "1 or 2 sides"),
        ({"loss": 1.0}, "yearly loss"),
        ({"hazard_ratio": 0.99999}, "more than 10 million"),
        ({"power": 0.01}, "must be above alpha"),
        ({"delay": 3.0, "seen": (1.0, 30.0)}, "leave out the delay"),
        ({"delay": 3.0, "looks": (0.5, 1.0), "rule": POCOCK}, "leave out the delay, or the looks"),
        ({"looks": (0.5, 0.9), "rule": POCOCK}, "all of the information"),
        ({"seen": (1.0, 0.0)}, "events seen is a number above 0"),
        ({"delay": 90.0}, "does no better"),
    ],
)
def test_what_cannot_be_is_one_sentence(changed: dict[str, object], says: str) -> None:
    with pytest.raises(Fault, match=says):
        answered(replace(ASKED, **changed))  # pyright: ignore[reportArgumentType]
