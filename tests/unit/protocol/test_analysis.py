"""analysis.toml: endpoints by rule, populations, analyses, subgroups, baseline, looks; every mistake in its place."""

from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.protocol.analysis import AnalysisPlan, days_of
from equipoise.protocol.check import read_protocol
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol

SANDBOX = Path(__file__).parents[2] / "trials" / "sandbox"
ENDPOINT = """
[endpoint.attack]
label = "time to the first attack"
param = "TTA"
from = "baseline_visit"
event = ["any exacerbation where treated_with includes steroids"]
competing = ["operation_planned is recorded"]
censor = ["last sputum where growth is none", "withdrawal", "data_cut"]
seen_at_scans = ["exacerbation"]
never = ["fev1"]
source = "made up"
note = "a note"

[endpoint.attack_any]
like = "attack"
label = "time to any attack"
event = ["exacerbation is recorded"]
ours = true
"""
POPULATION = """
[population.everybody]
label = "everybody"
ours = true
[population.cultured]
label = "with a culture"
when = "sputum is recorded"
arms = ["A"]
without_deviations = "important"
source = "made up"
"""
ANALYSIS = """
[[analysis]]
id = "main"
label = "the main one"
purpose = "primary"
endpoint = "attack"
population = "everybody"
methods = ["logrank", "fixed_time"]
weights = [0, 1]
at = "12 months"
strata = "none"
source = "made up"
"""
SUBGROUP = """
[[subgroup]]
id = "age"
label = "age"
ours = true
[[subgroup.level]]
id = "young"
when = "age < 40 years at baseline_visit"
[[subgroup.level]]
id = "old"
label = "40 and above"
when = "age >= 40 years at baseline_visit"
"""
BASELINE = """
[[baseline]]
id = "growth"
label = "sputum"
of = "latest sputum.growth"
ours = true
[[baseline]]
id = "age"
label = "age"
of = "age"
ours = true
"""
LOOK = """
[[look]]
id = "half"
label = "interim look"
analysis = "main"
information = "0.5"
events = 30
spending = "obrien_fleming"
futility = true
ours = true
[[look]]
id = "final"
label = "final"
analysis = "main"
information = "1"
after = "36 months"
ours = true
"""
FLAG = """
[[flag]]
id = "smoker"
label = "smokes"
when = "smoking includes tobacco"
ours = true
"""
WHOLE = ENDPOINT + POPULATION + ANALYSIS + SUBGROUP + BASELINE + LOOK + FLAG


def read(text: str) -> tuple[Protocol | None, str]:
    files = {path.name: path.read_bytes() for path in SANDBOX.iterdir()}
    protocol, mistakes = read_protocol("sandbox", {**files, "analysis.toml": text.encode()})
    return protocol, "\n".join(str(mistake) for mistake in mistakes)


def plan(text: str) -> AnalysisPlan:
    protocol, mistakes = read(text)
    assert protocol is not None, mistakes
    return protocol.analysis


# ---------------------------------------------------------------- what is read
def test_a_trial_without_the_file_has_an_empty_plan() -> None:
    assert plan("") == AnalysisPlan()


def test_an_endpoint_is_read_whole() -> None:
    endpoint = plan(WHOLE).endpoint("attack")
    assert (endpoint.label, endpoint.param, endpoint.origin.source) == ("time to the first attack", "TTA", "made up")
    assert endpoint.moment.name == "baseline_visit" and endpoint.entry is None
    assert [each.concept for each in endpoint.event] == ["exacerbation"]
    assert [each.concept for each in endpoint.competing] == ["operation_planned"]
    assert [(each.text, each.concept) for each in endpoint.scans] == [("last sputum where growth is none", "sputum")]
    assert endpoint.withdrawal and endpoint.seen_at_scans == ("exacerbation",) and endpoint.never == ("fev1",)


def test_a_variation_says_only_what_is_different() -> None:
    first, other = plan(WHOLE).endpoints
    assert other.like == "attack" and other.event[0].text == "exacerbation is recorded"
    assert (other.moment, other.scans, other.competing) == (first.moment, first.scans, first.competing)
    assert other.param == "ATTACKAN" and other.origin.ours and not other.origin.source and not other.origin.note


def test_populations_and_analyses_are_read() -> None:
    found = plan(WHOLE)
    everybody, cultured = found.populations
    assert everybody.rule is None and cultured.rule is not None
    assert (cultured.arms, cultured.without_deviations) == (("A",), "important")
    main = found.analysis("main")
    assert (main.methods, main.at, main.weights, main.strata) == (
        ("logrank", "fixed_time"), Duration(12, "month"), (0.0, 1.0), "none",
    )  # fmt: skip
    assert found.of("primary") == (main,) and found.of("secondary") == ()


def test_subgroups_baseline_looks_and_flags_are_read() -> None:
    found = plan(WHOLE)
    assert [level.id for level in found.subgroups[0].levels] == ["young", "old"]
    assert found.subgroups[0].levels[0].label == "young"
    assert [(each.id, each.look is None) for each in found.baseline] == [("growth", False), ("age", True)]
    half, final = found.looks
    assert (half.events, half.after, half.spending, half.futility) == (30, None, "obrien_fleming", True)
    assert (final.events, final.after, final.spending) == (None, Duration(36, "month"), "none")
    assert found.flags[0].label == "smokes"


def test_a_duration_in_days() -> None:
    assert days_of(Duration(36, "month")) == 1095.75
    assert (days_of(Duration(2, "week")), days_of(Duration(1, "year")), days_of(Duration(3, "day"))) == (14, 365.25, 3)


# ---------------------------------------------------------------- mistakes
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('from = "baseline_visit"', 'from = "visit"', "needs from: a name of [moments] or a concept with a date"),
        ("any exacerbation where", "latest exacerbation where", "names nothing that happens on a day"),
        ("any exacerbation where", "any exacerbaton where", 'did you mean exacerbation'),
        ('["any exacerbation where treated_with includes steroids"]', '"x"', "write event of attack as a list"),
        ('"last sputum where growth is none", ', "", "list one of the two"),
        ('"withdrawal", "data_cut"', '"withdrawal"', "ends for everybody at the data_cut: list it"),
        ('"withdrawal", "data_cut"', '"death", "data_cut"', '"death" is no way to be censored'),
        ('param = "TTA"', 'param = "TIME-TO-ATTACK"', "at most 8 letters and digits"),
        ('seen_at_scans = ["exacerbation"]', 'seen_at_scans = ["fev1"]', "fev1 is no event of attack"),
        ('never = ["fev1"]', 'never = ["exacerbation"]', "exacerbation never makes an event of attack"),
        ('never = ["fev1"]', 'never = ["fev2"]', '"fev2" is not a concept'),
        ('never = ["fev1"]', "missed_scans = -1", "missed_scans of attack is a whole number"),
        ('like = "attack"', 'like = "attack_any"', "is no endpoint of its own"),
        ('label = "time to any attack"\n', 'label = ""\n', "needs a label"),
        ('source = "made up"\nnote = "a note"', "colour = 1", '"colour" is not a property'),
        ('source = "made up"\nnote = "a note"', "", "attack needs a source, or ours = true"),
        ('arms = ["A"]', 'arms = ["C"]', '"C" is not an arm of protocol.toml (A, B)'),
        ('"important"', '"big"', "without_deviations of cultured is important or minor"),
        ('endpoint = "attack"', 'endpoint = "atack"', "main needs endpoint: one of attack, attack_any"),
        ('population = "everybody"', 'population = "all"', "main needs population: one of cultured, everybody"),
        ('purpose = "primary"', 'purpose = "first"', "main needs purpose: one of"),
        ('["logrank", "fixed_time"]', '["lograng"]', '"lograng" is not a method'),
        ('at = "12 months"', "", "main needs at, the time that it looks at"),
        ('at = "12 months"', 'at = "soon"', "main needs at, the time that it looks at"),
        ("weights = [0, 1]", "weights = [0, -1]", "rho and gamma of Fleming and Harrington"),
        ('["logrank", "fixed_time"]', '["cox"]', "no log-rank test that could be weighted"),
        ("age < 40 years", "age < forty years", 'expected a number but found "forty"'),
        ('of = "latest sputum.growth"', 'of = "sputum"', "is a record: a table needs a number or an answer"),
        ('of = "latest sputum.growth"', 'of = "sputum.grows"', "no field"),
        ('of = "latest sputum.growth"', "", "needs of, where its value stands"),
        ('information = "0.5"', 'information = "1.5"', "half needs information, a share above"),
        ('information = "1"', 'information = "0.5"', "final needs information, a share above that of the look before"),
        ("events = 30", "", "half needs events, how many, or after"),
        ('id = "final"', 'id = "half"', "half stands here a second time"),
        ('analysis = "main"\ninformation', 'analysis = "m"\ninformation', "half needs analysis: one of main"),
        ('id = "smoker"', "", "needs an id and a label"),
        ('when = "smoking includes tobacco"', 'when = "smokin is recorded"', "smokin"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_its_place(right: str, wrong: str, told: str) -> None:
    assert right in WHOLE
    protocol, mistakes = read(WHOLE.replace(right, wrong, 1))
    assert protocol is None and told in mistakes and "analysis.toml:" in mistakes


def test_every_mistake_is_told_at_once() -> None:
    text = WHOLE.replace('param = "TTA"', "param = 7").replace('arms = ["A"]', 'arms = ["C"]').replace("30", "-3")
    _, mistakes = read(text)
    assert len(mistakes.split("analysis.toml:")) == 4


def test_a_top_level_word_that_means_nothing_is_told() -> None:
    assert '"endpoints" is not a property of the analysis' in read("endpoints = 1")[1]


# ---------------------------------------------------------------- NELMAS
def test_every_entry_of_nelmas_has_a_source_or_is_ours() -> None:
    found = load_trial("nelmas").analysis
    parts = (
        found.endpoints,
        found.populations,
        found.analyses,
        found.subgroups,
        found.baseline,
        found.looks,
        found.flags,
    )
    origins = [each.origin for part in parts for each in part]
    assert len(origins) > 35 and all(origin.source or origin.ours for origin in origins)


def test_nelmas_counts_from_both_origins_and_looks_at_the_published_time() -> None:
    found = load_trial("nelmas").analysis
    primary = {each.id: each for each in found.of("primary")}
    assert found.endpoint(primary["dfs"].endpoint).moment.name == "randomisation"
    rate = primary["dfs-36"]
    endpoint = found.endpoint(rate.endpoint)
    assert rate.at == Duration(36, "month") and endpoint.moment.name == "liver_resection"
    assert endpoint.entry is not None and endpoint.entry.name == "randomisation"
