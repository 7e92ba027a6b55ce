"""A broken trial is told every fault at once, each in its place."""

from pathlib import Path

import pytest

from equipoise.faults import Fault, Mistakes
from equipoise.protocol.check import digest, read_protocol
from equipoise.protocol.load import check_trial, load_trial, shipped_trials, trial_folder

SANDBOX = Path(__file__).parents[2] / "trials" / "sandbox"


def files(**changed: str) -> dict[str, bytes]:
    """The files of the sandbox trial, some of them other (an underscore stands for the point of the name)."""
    whole = {path.name: path.read_bytes() for path in SANDBOX.iterdir()}
    return whole | {name.replace("_", "."): text.encode() for name, text in changed.items()}


def told(**changed: str) -> list[str]:
    protocol, mistakes = read_protocol("sandbox", files(**changed))
    assert (protocol is None) == bool(mistakes)
    return [str(mistake) for mistake in mistakes]


def test_the_sandbox_is_whole() -> None:
    protocol, mistakes = read_protocol("sandbox", files())
    assert mistakes == [] and protocol is not None
    assert protocol.ids == ("I1", "I2", "I3", "I4", "E1", "E2", "E3", "E4", "E5", "E6")
    assert protocol.criterion("E2").title == "Low potassium"
    with pytest.raises(KeyError):
        protocol.criterion("E99")


BROKEN_CRITERIA = '''
[[criterion]]
id = "I1"
kind = "inclusion"
source = "Adults aged 18 to 75 years"
when = "agee >= 18 years"

[[criterion]]
id = "I1"
kind = "maybe"
source = "Adults aged 18 to 76 years"
colour = "red"
when = """
fev1 > 2
  L and potassium < 3 furlongs
"""

[[criterion]]
kind = "inclusion"
source = "Low blood potassium, grade 2 or worse"

[[warning]]
id = "W1"
when = "smoking is cigars"
source = "made up"
'''
BROKEN_CONCEPTS = """
[birth_date]
label = "date of birth"
kind = "date"
source = "test"
unit = "g"

[fev1]
label = "FEV1"
kind = "quantity"
unit = "millilitres"
source = "test"

[potassium]
kind = "quantity"
unit = "mmol/L"
molar_mass = "heavy"
plausible = ["9", "1"]
colour = "red"

[smoking]
label = "smoking"
kind = "choice"
unclear = ["perhaps"]
source = "test"

[within]
label = "a word of the language"
kind = "text"
source = "test"

[joined]
label = "joined"
kind = "yes_no"
members = ["nobody"]
source = "test"
"""


def test_every_fault_of_the_criteria_at_once() -> None:
    found = {line.split(": ", 1)[0]: line for line in told(criteria_toml=BROKEN_CRITERIA)}
    assert found["criteria.toml:6:9"].startswith('criteria.toml:6:9: there is no concept "agee"')
    assert found["criteria.toml:6:9"].endswith('\n    when = "agee >= 18 years"\n            ^^^^')
    assert "a second time" in found["criteria.toml:9:1"]
    assert "write inclusion or exclusion" in found["criteria.toml:10:1"]
    assert "does not stand in source.txt word for word" in found["criteria.toml:11:1"]
    assert '"colour" is not a property of a criterion' in found["criteria.toml:12:1"]
    assert found["criteria.toml:15:23"].endswith(
        "\n      L and potassium < 3 furlongs\n                          ^^^^^^^^"
    )
    lines = [line.split(":")[1] for line in told(criteria_toml=BROKEN_CRITERIA)]
    assert lines == sorted(lines, key=int)
    assert any("needs a rule" in line for line in found.values())
    assert any("W1 needs a message" in line for line in told(criteria_toml=BROKEN_CRITERIA))
    assert any('smoking has no answer "cigars"' in line for line in found.values())


def test_every_fault_of_the_concepts_at_once() -> None:
    found = "\n".join(told(concepts_toml=BROKEN_CONCEPTS, criteria_toml=BROKEN_CRITERIA))
    for message in (
        "only a quantity has a unit",
        '"millilitres" is not a unit',
        "potassium needs a label",
        "potassium needs a source",
        "needs a molar_mass_source",
        "write the molar mass in g/mol",
        "the lowest plausible number 9 is above the highest, 1",
        '"colour" is not a property of a concept',
        "smoking is a choice and needs its answers",
        '"perhaps" is not among the answers',
        '"within" is a word of the rule language',
        '"nobody" is not a concept of this file',
        'there is no concept "agee"',
    ):
        assert message in found, message


def test_what_is_missing_or_unreadable() -> None:
    whole = files()
    del whole["concepts.toml"]
    whole["criteria.toml"] = b"[[criterion]\n"
    whole["safety.toml"] = 'title = "caf\xe9"'.encode("latin-1")
    _, mistakes = read_protocol("sandbox", whole)
    found = "\n".join(str(mistake) for mistake in mistakes)
    assert "needs a file concepts.toml" in found
    assert "criteria.toml:1:" in found and "this is not TOML" in found
    assert "safety.toml: the file is not UTF-8 text" in found


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("protocol_toml", 'title = "x"\nacronym = ""\ncondition = "c"\nabout = "a"\n', "needs a acronym"),
        ("protocol_toml", '[moments]\nday = "potassium"\n', "is not a concept with a date"),
        ("protocol_toml", 'arm = "A"\n', "write each arm as a table of its own"),
        ("criteria_toml", "", "a trial needs at least one [[criterion]]"),
        ("criteria_toml", '[[criterion]]\nid = "I1"\n[[criterion]]\nid = "i1"\n', "i1 stands here a second time"),
        ("criteria_toml", '[[criterion]]\nid = "Verdict"\n', '"Verdict" cannot head a column'),
        ("criteria_toml", "[[criterion]]\nid = 'A\"1'\n", "cannot head a column"),
        ("safety_toml", '[grading.fev2]\nversion = "1"\nsource = "s"\n', '"fev2" is not a quantity of concepts.toml'),
        ("safety_toml", '[grading.fev1]\nsteps = { high = "> 1 L", 1 = "> 1 s" }\n', '"high" is not a grade'),
        ("safety_toml", '[grading.fev1]\nsteps = { high = "> 1 L", 1 = "> 1 s" }\n', '"s" is not a unit of FEV1'),
        ("safety_toml", "[grading.fev1]\n", "needs a version"),
        (
            "known_toml",
            '[[section]]\nheading = "h"\n[[section.entry]]\nlabel = "l"\nvalue = "v"\n',
            "needs a source, or ours = true",
        ),
    ],
)
def test_single_faults(file: str, text: str, message: str) -> None:
    assert message in "\n".join(told(**{file: text}))


CRASHES = [
    ("protocol_toml", 'moments = "entry"\n'),
    ("safety_toml", 'grading = "none"\n'),
    ("safety_toml", 'grading.potassium = "none"\n'),
    ("concepts_toml", '[smoking]\nlabel = "smoking"\nkind = "choice"\nanswers = ["yes", "no"]\nsource = "s"\n'),
    ("concepts_toml", '[visit]\nlabel = "visit"\nkind = "record"\nfields = 3\nsource = "s"\n'),
    (
        "concepts_toml",
        '[smoking]\nlabel = "smoking"\nkind = "choice"\nanswers = { a = "a" }\nunclear = 3\nsource = "s"\n',
    ),
    ("known_toml", 'section = [{ heading = "h", entry = 3 }]\n'),
]
TOLERATED = [
    (
        "a formula that does not exist",
        '[c]\nlabel = "c"\nkind = "quantity"\nunit = "%"\nformula = "nonsense"\nsource = "s"\n',
    ),
    ("members in a circle", '[a]\nlabel = "a"\nkind = "yes_no"\nmembers = ["a"]\nsource = "s"\n'),
    ("two names that differ in capitals", '[FEV1]\nlabel = "f"\nkind = "text"\nsource = "s"\n'),
    ("a name with a sign", '[heart-failure]\nlabel = "h"\nkind = "text"\nsource = "s"\n'),
    (
        "a field that lies in the column of another's unit",
        '[infusion]\nlabel = "i"\nkind = "record"\nsource = "s"\n'
        '[infusion.fields.dose]\nlabel = "d"\nkind = "quantity"\nunit = "mg"\n'
        '[infusion.fields.dose_unit]\nlabel = "u"\nkind = "choice"\nanswers = { mg = "mg" }\n',
    ),
    (
        "a member without a field of the record",
        '[cough]\nlabel = "c"\nkind = "record"\nmembers = ["exacerbation"]\nsource = "s"\n'
        '[cough.fields.dry]\nlabel = "d"\nkind = "yes_no"\n',
    ),
    (
        "a reading as an answer that is none",
        '[b]\nlabel = "b"\nkind = "yes_no"\nsource = "s"\n'
        '[a]\nlabel = "a"\nkind = "yes_no"\nmembers = ["b"]\nread_as = { yes = "perhaps" }\nsource = "s"\n',
    ),
]


@pytest.mark.parametrize(("file", "text"), CRASHES)
def test_wrong_shapes_are_told_too(file: str, text: str) -> None:
    assert told(**{file: text}) != []


@pytest.mark.parametrize(("what", "text"), TOLERATED, ids=[what for what, _ in TOLERATED])
def test_concepts_that_could_not_be_asked_do_not_load(what: str, text: str) -> None:
    whole = files()
    concepts = whole["concepts.toml"].decode() + text
    assert told(concepts_toml=concepts) != []


def test_the_digest_is_of_contents_not_of_line_ends() -> None:
    whole = files()
    windows = {name: content.replace(b"\n", b"\r\n") for name, content in whole.items()}
    assert digest(whole) == digest(windows) == digest(dict(reversed(whole.items())))
    assert digest(whole) != digest(files(source_txt="other"))
    assert read_protocol("sandbox", windows)[1] == []


def test_folders() -> None:
    assert "nelmas" in shipped_trials()
    assert check_trial(SANDBOX) == []
    assert load_trial(SANDBOX).acronym == "BREATHE"
    assert load_trial("nelmas").digest == load_trial("NELMAS").digest
    with pytest.raises(Fault, match="name a shipped one"):
        trial_folder("nowhere")


def test_a_broken_folder_does_not_load(tmp_path: Path) -> None:
    for name, content in files(criteria_toml=BROKEN_CRITERIA).items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Mistakes) as caught:
        load_trial(tmp_path)
    assert caught.value.exit_code == 2
    assert len(caught.value.mistakes) == len(check_trial(tmp_path)) >= 8
