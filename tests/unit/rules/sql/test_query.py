"""A translation as it is run: what is used once is written where it is used."""

from equipoise.rules.sql.query import Step, assembled

FACTS = Step("s1_weight", "SELECT key FROM facts_of_weight", facts=True)
TWICE = Step("s2_lead", "SELECT key FROM s1_weight")
ONCE = Step("s3_about", "SELECT key FROM s2_lead")


def test_only_what_is_used_twice_is_a_table() -> None:
    asked = assembled([FACTS, TWICE, ONCE], "SELECT key FROM s2_lead JOIN s3_about USING (key)", "SELECT 1", {})
    assert [step.name for step in asked.steps] == ["s2_lead"]
    assert asked.steps[0].sql == "WITH s1_weight AS (\nSELECT key FROM facts_of_weight\n)\nSELECT key FROM s1_weight"
    assert asked.truths == (
        "WITH s3_about AS (\nSELECT key FROM s2_lead\n)\nSELECT key FROM s2_lead JOIN s3_about USING (key)"
    )
    assert asked.beyond == "SELECT 1"


def test_facts_are_read_again_rather_than_kept() -> None:
    asked = assembled([FACTS], "SELECT key FROM s1_weight", "SELECT key FROM s1_weight", {})
    assert asked.steps == ()
    assert asked.truths == asked.beyond == "WITH s1_weight AS (\n" + FACTS.sql + "\n)\nSELECT key FROM s1_weight"


def test_as_a_script() -> None:
    asked = assembled([FACTS, TWICE, ONCE], "SELECT key FROM s2_lead JOIN s3_about USING (key)", "SELECT 1", {})
    assert str(asked).startswith("-- s2_lead\nCREATE TEMP TABLE s2_lead AS\nWITH s1_weight AS (")
    assert str(asked).endswith("USING (key);")
