"""Decay and volume: by closed forms worked out by hand, at the limits of the vial, across time zones, and refusals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.conduct.activity import hours_between, infusion_times, share_left, volume_for
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial
from equipoise.protocol.product import Sourced
from equipoise.quantities import exactly

TREATMENT = load_trial("nelmas").treatment
FULL, HALF = TREATMENT.levels
assert TREATMENT.product is not None
PRODUCT = TREATMENT.product
CALIBRATED = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def at(hours: str | int) -> datetime:
    return CALIBRATED + timedelta(seconds=int(Decimal(hours) * 3600))


def volume(level: str, hours: str | int) -> Decimal:
    asked = FULL if level == "full" else HALF
    found = volume_for(asked, PRODUCT, CALIBRATED, at(hours)).volume.lo
    assert found is not None
    return found


# ---------------------------------------------------------------- decay
def test_the_factor_a_day_is_0_9010() -> None:
    assert round(share_left(PRODUCT.half_life.value, Decimal(24)), 4) == Decimal("0.9010")


def test_after_a_half_life_half_is_left_and_after_two_a_quarter() -> None:
    half_life = Decimal("6.647") * 24
    assert share_left(PRODUCT.half_life.value, half_life) == Decimal("0.5")
    assert share_left(PRODUCT.half_life.value, 2 * half_life) == Decimal("0.25")
    assert share_left(PRODUCT.half_life.value, -half_life) == 2


def test_the_half_life_may_be_stated_in_hours() -> None:
    assert share_left(exactly("159.528", "h"), Decimal(24)) == share_left(exactly("6.647", "d"), Decimal(24))


# Volume for 7,400 MBq at t days after calibration: 20.0 / 0.9010^t mL, so 22.2 mL after one day and 24.6 after two.
@pytest.mark.parametrize(("days", "expected"), [(1, "22.2"), (2, "24.6")])
def test_the_volume_for_a_full_dose(days: int, expected: str) -> None:
    assert round(volume("full", 24 * days), 1) == Decimal(expected)


def test_half_a_dose_is_half_the_volume() -> None:
    assert abs(Fraction(volume("reduced", 24)) * 2 - Fraction(volume("full", 24))) < Fraction(1, 10**35)


def test_what_is_drawn_holds_what_is_prescribed() -> None:
    draw = volume_for(FULL, PRODUCT, CALIBRATED, at(30))
    assert draw.volume.lo is not None and draw.concentration.lo is not None
    assert abs(Fraction(draw.volume.lo) * Fraction(draw.concentration.lo) - 7400) < Fraction(1, 10**30)


# ---------------------------------------------------------------- the vial
def test_the_range_of_the_vial_covers_5_7_to_51_4_hours() -> None:
    times = infusion_times(FULL, PRODUCT, CALIBRATED)
    assert times is not None
    hours = [round(Decimal(str((time - CALIBRATED).total_seconds())) / 3600, 1) for time in times]
    assert hours == [Decimal("5.7"), Decimal("51.4")]


def test_both_ends_are_the_first_and_the_last_whole_minute() -> None:
    times = infusion_times(FULL, PRODUCT, CALIBRATED)
    assert times is not None
    first, last = times
    minute = timedelta(minutes=1)
    for inside in (first, last):
        volume_for(FULL, PRODUCT, CALIBRATED, inside)
    for outside in (first - minute, last + minute):
        with pytest.raises(Fault):
            volume_for(FULL, PRODUCT, CALIBRATED, outside)


def test_a_limit_itself_is_within() -> None:
    exact = replace(PRODUCT, least=Sourced(exactly(20, "mL"), "s"), most=Sourced(exactly(20, "mL"), "s"))
    assert volume_for(FULL, exact, CALIBRATED, CALIBRATED).volume == exactly(Decimal(20), "mL")


@pytest.mark.parametrize(("hours", "needed"), [("5.6", "20.493"), (0, "20.000"), ("51.4", "25.005"), (72, "27.346")])
def test_a_full_dose_outside_the_range_is_refused_with_the_times_that_fit(hours: str | int, needed: str) -> None:
    with pytest.raises(Fault) as caught:
        volume("full", hours)
    assert str(caught.value) == (
        f"7.4 GBq would need {needed} mL, outside the 20.5 to 25 mL of a vial: this vial is for an infusion from "
        "2026-05-01T11:41Z to 2026-05-03T09:21Z; order one for the time of this infusion."
    )


def test_a_part_of_a_vial_has_no_least_volume_but_the_most_of_a_vial() -> None:
    assert round(volume("reduced", 0), 6) == 10
    assert infusion_times(HALF, PRODUCT, CALIBRATED) is None
    hours = 24 * 9  # 10 mL x 2^(9 / 6.647) = 25.6 mL
    with pytest.raises(Fault, match=r"would need 25\.562 mL, more than a vial of 25 mL holds"):
        volume("reduced", hours)


def test_a_vial_that_holds_less_than_is_needed_is_refused() -> None:
    draw = volume_for(HALF, PRODUCT, CALIBRATED, at(24), exactly("11.2", "mL"))
    assert round(draw.volume.lo or 0, 2) == Decimal("11.10")
    with pytest.raises(Fault, match=r"would need 11\.099 mL, but the vial holds 11 mL: order another vial"):
        volume_for(HALF, PRODUCT, CALIBRATED, at(24), exactly(11, "mL"))


# ---------------------------------------------------------------- times
def test_before_calibration_there_is_more() -> None:
    draw = volume_for(HALF, PRODUCT, CALIBRATED, at(-24))
    assert round(draw.left, 4) == Decimal("1.1099")
    assert round(draw.volume.lo or 0, 2) == Decimal("9.01")
    assert "lies before the time of calibration" in draw.remarks[0]
    assert "24 h before calibration" in draw.sentence


def test_time_zones_are_taken_into_account() -> None:
    zone = timezone(timedelta(hours=2))
    assert hours_between(CALIBRATED, datetime(2026, 5, 2, 8, 0, tzinfo=zone)) == 24
    assert hours_between(datetime(2026, 5, 1, 8, 0, tzinfo=zone), at(1)) == 1
    draw = volume_for(FULL, PRODUCT, CALIBRATED, datetime(2026, 5, 2, 8, 0, tzinfo=zone))
    assert draw.as_dict()["infusion_at"] == "2026-05-02T06:00Z"


@pytest.mark.parametrize("which", [0, 1])
def test_a_time_without_a_zone_is_refused(which: int) -> None:
    times = [CALIBRATED, at(24)]
    times[which] = times[which].replace(tzinfo=None)
    with pytest.raises(Fault, match="has no time zone"):
        volume_for(FULL, PRODUCT, *times)


def test_seconds_count() -> None:
    assert hours_between(CALIBRATED, CALIBRATED + timedelta(seconds=9)) == Decimal("0.0025")


# ---------------------------------------------------------------- what is said and kept
def test_the_sentence_is_rounded() -> None:
    assert volume_for(FULL, PRODUCT, CALIBRATED, at(28)).sentence == (
        "Draw 22.6 mL for 7.4 GBq: 28 h after calibration, at 2026-05-02T10:00Z, 88.5 % of the calibrated activity is "
        "there (327.6 MBq/mL)."
    )


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (72, "is within 72 h after calibration (this shelf life is unverified). The vial's own label decides."),
        ("72.01", "is past 72 h after calibration (this shelf life is unverified). Do not use it unless its own label"),
    ],
)
def test_the_shelf_life_is_flagged_as_unverified(hours: str | int, words: str) -> None:
    assert words in volume_for(HALF, PRODUCT, CALIBRATED, at(hours)).remarks[-1]


def test_a_product_without_a_shelf_life_has_nothing_to_say_of_it() -> None:
    remarks = volume_for(FULL, replace(PRODUCT, shelf_life=None), CALIBRATED, at(24)).remarks
    assert remarks == ()


def test_what_is_kept_is_text() -> None:
    kept = volume_for(FULL, PRODUCT, CALIBRATED, at(24)).as_dict()
    assert kept["volume"] == "22.19821712035913698104944877138285331813 mL"  # 20 x 2^(1 / 6.647), as by mpmath
    assert all(isinstance(value, str) for key, value in kept.items() if key != "remarks")
