import pytest

from equipoise.analysis.estimate import Interval, Test, chi_square_test, known, number_text, p_text, z_of, z_test
from equipoise.faults import Fault


def test_a_test_by_the_normal_distribution() -> None:
    found = z_test(-1.959963984540054, 1.0)
    assert found is not None
    assert (found.z, found.p) == pytest.approx((-1.959963984540054, 0.05))
    assert found.chi_square == pytest.approx(3.841458820694124)
    assert chi_square_test(found.chi_square) == Test(found.chi_square, pytest.approx(0.05))


@pytest.mark.parametrize("estimate, se", [(1.0, 0.0), (float("nan"), 1.0), (1.0, float("inf")), (float("inf"), 1.0)])
def test_what_is_no_number_is_no_test(estimate: float, se: float) -> None:
    assert z_test(estimate, se) is None


def test_an_interval_in_words() -> None:
    assert str(Interval(0.4266, 12.345)) == "95 % interval 0.427 to 12.3"
    assert str(Interval(212.0, None, 0.9)) == "90 % interval 212 to not reached"
    assert str(Interval(None, None)) == "no 95 % interval"


@pytest.mark.parametrize(
    "p, text", [(0.00099, "p < 0.001"), (0.0123, "p = 0.012"), (0.099, "p = 0.099"), (1.0, "p = 1.00")]
)
def test_p_in_words(p: float, text: str) -> None:
    assert p_text(p) == text


@pytest.mark.parametrize("value, text", [(None, "unknown"), (0.5923, "0.592"), (1095.75, "1096"), (12345.0, "12345")])
def test_numbers_in_words(value: float | None, text: str) -> None:
    assert number_text(value) == text


def test_a_level_is_a_probability() -> None:
    assert z_of(0.95) == pytest.approx(1.959963984540054)
    with pytest.raises(Fault, match="95 does not"):
        z_of(95)


def test_known() -> None:
    assert known(2.0) == 2.0
    assert known(float("nan")) is None
    assert known(float("inf")) is None
