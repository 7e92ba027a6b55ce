"""What arithmetic says of a published sample size; NELMAS' numbers among them."""

from dataclasses import replace

import pytest

from equipoise.analysis.design.reproduced import Combination, dossier, given_by
from equipoise.faults import Fault
from equipoise.protocol.design_plan import DesignPlan, PublishedSize, Stated
from equipoise.protocol.load import load_trial

TOLD = dossier(load_trial("nelmas").design)


def test_the_ratio_is_not_the_published_one_which_is_a_yearly_rate() -> None:
    assert round(TOLD.hazard_ratio, 3) == 0.592 and TOLD.published_ratio == 0.27
    assert round(TOLD.yearly[1], 3) == 0.274 and TOLD.is_a_rate


def test_a_literal_ratio_would_need_about_46_people() -> None:
    assert {each.power: round(each.exact) for each in TOLD.literal} == {0.8: 34, 0.9: 46}


def test_every_candidate_gives_the_size_it_is_stated_for() -> None:
    assert [(each.people, given.people, round(given.exact, 1)) for each, given in TOLD.candidates] == [
        (106, 106, 104.9), (90, 90, 89.7), (106, 106, 105.5),
    ]  # fmt: skip


def test_many_combinations_give_the_sizes_and_none_is_identified() -> None:
    found = TOLD.reproduction
    assert found.tried == 1080 and found.joint == 2
    assert {people: len(given) for people, given in found.giving.items()} == {90: 7, 106: 17}
    assert all(each.people == people for people, given in found.giving.items() for each in given)
    assert found.smallest[0.025] > 106 > found.smallest[0.1]


# Powers that no source states: by Schoenfeld, everybody followed 3 years, nobody lost; to two or three digits.
TABLE = {
    (106, 0.30): (0.997, 0.93, 0.77, 0.54), (106, 0.44): (0.986, 0.86, 0.67, 0.44),
    (90, 0.30): (0.991, 0.89, 0.70, 0.47), (90, 0.44): (0.969, 0.80, 0.60, 0.39),
}  # fmt: skip


def test_the_table_of_powers() -> None:
    assert {people: round(power, 2) for people, power in TOLD.attained} == {90: 0.52, 106: 0.59}
    assert TOLD.ratios == (0.27, 0.4, 0.5, 0.6)
    found = {(row.people, row.control): row.powers for row in TOLD.table}
    for key, powers in TABLE.items():
        assert found[key] == pytest.approx(powers, abs=0.0051)


def test_a_ratio_that_is_published_rightly_is_no_rate() -> None:
    plan = load_trial("nelmas").design
    right = dossier(replace(plan, published={**plan.published, "hazard_ratio": Stated(0.59, "s")}))
    assert not right.is_a_rate
    without = dossier(replace(plan, published={k: v for k, v in plan.published.items() if k != "hazard_ratio"}))
    assert without.published_ratio is None and without.literal == () and not without.is_a_rate


def test_a_plan_that_states_the_shares_alone() -> None:
    stated = {"at": Stated(36, "s"), "control": Stated(0.25, "s"), "experimental": Stated(0.44, "s")}
    found = dossier(DesignPlan(published=stated, sizes=(PublishedSize(90, "s"),)))
    assert found.reproduction.tried == 0 and found.table == () and found.alpha == 0.025
    assert found.attained[0][0] == 90
    with pytest.raises(Fault, match="nothing to reproduce"):
        dossier(DesignPlan())


def test_loss_takes_in_more_people() -> None:
    settings = Combination(0.1, 0.8, "freedman", 30, 36, 0.15)
    assert given_by(settings, 0.25, 0.44, 36).exact == pytest.approx(89.65290483657753 / 0.85)
