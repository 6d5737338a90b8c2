"""Scenario files: what they may say, and how a fault in one is told."""

import wave
from pathlib import Path

import pytest

from sipagent.cli.scenario import yaml_lines
from sipagent.cli.scenario.reading import BadScenario, read
from sipagent.cli.scenario.schema import Scenario, Step
from sipagent.text.language import Language

SHIPPED = Path(__file__).parent.parent / "scenarios"


def written(folder: Path, text: str, name: str = "calls.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, steps: str) -> Scenario:
    text = "scenarios:\n  - name: one\n    steps:\n" + steps
    return read([written(folder, text)]).scenarios[0].scenario


def fault(folder: Path, text: str) -> str:
    """The one fault of a file, without its path."""
    path = written(folder, text)
    with pytest.raises(BadScenario) as caught:
        read([path])
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}:")
    return line.removeprefix(f"{path}:")


def fault_of_step(folder: Path, step: str) -> str:
    return fault(folder, f"scenarios:\n  - name: one\n    steps:\n      - {step}\n")


def test_a_step_says_what_the_caller_does_and_what_the_agent_must(tmp_path: Path) -> None:
    scenario = loaded(
        tmp_path,
        "      - say: how do i pay my bill\n"
        "        over_s: 1.5\n"
        "        expect: {says: [by card, in the app], within_s: 2}\n",
    )
    (step,) = scenario.steps
    assert (step.act, step.say, step.over_s) == ("say", ("how do i pay my bill",), 1.5)
    assert step.expect is not None
    assert step.expect.says == ("by card", "in the app")


def test_one_text_stands_for_a_list_of_one(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "      - say: hello\n        expect: {says: welcome}\n")
    expect = scenario.steps[0].expect
    assert expect is not None
    assert expect.says == ("welcome",)


def test_pauses_stand_between_texts(tmp_path: Path) -> None:
    (step,) = loaded(tmp_path, "      - say: [two zero four eight, 1.2, one seven]\n").steps
    assert step.say == ("two zero four eight", 1.2, "one seven")


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "12:30"])
def test_what_callers_say_is_a_text_though_yaml_has_another_use_for_it(
    tmp_path: Path, word: str
) -> None:
    assert loaded(tmp_path, f"      - say: {word}\n").steps[0].say == (word,)


def test_a_desk_alone_stands_for_a_transfer_to_it(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "      - say: a human\n        expect: {transferred: desk}\n")
    expect = scenario.steps[0].expect
    assert expect is not None
    assert expect.transferred is not None
    assert expect.transferred.to == "desk"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{say: hello, sound: cough}", "4: scenarios.0.steps.0.sound: say stands here too"),
        ("{say: hello, over_s: 1, at_once: true}", "at_once: over_s stands here too; give one"),
        ("{voice: en+f2, keys: '1'}", "voice: belongs to say alone"),
        ("{over_s: 1, expect: {says: hello}}", "over_s: of nothing; give one of say"),
        ("{tags: [a]}", "tags: unknown; expected one of say, sound"),
        ("{keys: 20481735}", "keys: it begins and ends with a text in quotes"),
        ("{keys: 12x}", "keys: '12x' has more than 0-9, *, # and A-D; expected digits in quotes"),
        ("{say: [1.0, hello]}", "say: it begins and ends with a text in quotes"),
        ("{say: [hello, 99, you]}", "say: 99 is neither a text nor a pause of up to 30 s"),
        ("{say: hello, expect: {}}", "expect: expects nothing; give one of says"),
        ("{say: hello, expect: {language: fr}}", "expect.language: input should be 'en' or 'ar'"),
        ("{say: hello, expect: {resumes: true}}", "only where the caller speaks over the agent"),
        ("{say: hello, expect: {within_s: 0}}", "within_s: input should be greater than 0"),
        ("{say: hello, expect: {within: 2}}", "expect.within: unknown; expected one of says"),
        ("{say: hello, expect: {transferred: {headers: {}}}}", "transferred.to: missing"),
        ("{sound: sneeze}", "sound: no sound 'sneeze'; there are cough, knock, noise"),
        ("{sound: none.wav}", "none.wav: No such file or directory; name a WAV file"),
        ("{say: hello, voice: en+nobody}", "voice: espeak-ng has no variant 'nobody'"),
    ],
)
def test_a_fault_is_told_with_its_line_its_key_and_what_would_be_right(
    tmp_path: Path, step: str, told: str
) -> None:
    assert told in fault_of_step(tmp_path, step)


def test_a_fault_stands_at_the_line_of_its_own_key(tmp_path: Path) -> None:
    text = (
        "# a comment\n"
        "scenarios:\n"
        "  - name: one\n"
        "    steps: [{say: hello}]\n"
        "  - name: two\n"
        "    steps:\n"
        "      - say: hello\n"
        "        expect:\n"
        "          says: hello\n"
        "          within_s: soon\n"
    )
    assert fault(tmp_path, text).startswith("10: scenarios.1.steps.0.expect.within_s: input")


def test_a_step_in_which_nothing_happens_is_a_fault(tmp_path: Path) -> None:
    assert "nothing is done; give one of say" in fault_of_step(tmp_path, "{}")


def test_nothing_is_done_after_hanging_up(tmp_path: Path) -> None:
    text = "scenarios:\n  - name: one\n    steps:\n      - hang_up: true\n      - say: hello\n"
    assert fault(tmp_path, text).startswith("5: scenarios.0.steps.1: the caller has hung up before")


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "scenarios:\n  - name: One\n    steps: [{say: hello}]\n", "a.yaml")
    written(tmp_path, "scenarios:\n  - name: two\n    steps: []\n    langage: en\n", "b.yaml")
    with pytest.raises(BadScenario) as caught:
        read([tmp_path])
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        "scenarios.0.name",
        "scenarios.0.steps",
        "scenarios.0.langage",
    ]


def test_a_name_is_given_once_over_all_files(tmp_path: Path) -> None:
    text = "scenarios:\n  - name: one\n    steps: [{say: hello}]\n"
    first = written(tmp_path, text, "a.yaml")
    written(tmp_path, text, "b.yaml")
    with pytest.raises(BadScenario, match=f"one stands at {first}:2 already"):
        read([tmp_path])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scenarios:\n  - name: [\n", "not YAML"),
        ("scenarios:\n  - name: one\n    name: two\n", "3: name stands here twice; give it once"),
        ("scenarios: &a\n  - *a\n", "deep"),
        ("", "1: file: "),
        ("- name: one\n", "1: file: "),
    ],
)
def test_what_is_no_file_of_scenarios_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadScenario) as caught:
        read([path])
    assert told in str(caught.value)


def test_bytes_that_are_no_text_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "calls.yaml"
    path.write_bytes(b"scenarios: \xff\xfe")
    with pytest.raises(BadScenario, match="not UTF-8"):
        read([path])


def test_a_missing_file_and_an_empty_folder_are_faults(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match="name a scenario file or a folder"):
        read([tmp_path / "none.yaml"])
    with pytest.raises(BadScenario, match="no scenario file in it"):
        read([tmp_path])


def test_other_yaml_of_a_folder_is_skipped_and_named(tmp_path: Path) -> None:
    written(tmp_path, "scenarios:\n  - name: one\n    steps: [{say: hello}]\n", "a.yaml")
    other = written(tmp_path, "- turns: []\n", "b.yaml")
    found = read([tmp_path])
    assert [one.scenario.name for one in found.scenarios] == ["one"]
    assert found.skipped == (other,)


def test_a_recording_is_looked_for_beside_its_file(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "question.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(3200))
    assert loaded(tmp_path, "      - sound: question.wav\n").steps[0].sound == "question.wav"


def test_merged_keys_keep_their_lines_and_may_be_overridden() -> None:
    value, lines = yaml_lines.read("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")
    assert value == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}
    assert lines["b", "y"] == 4


def test_the_step_of_a_caller_who_only_listens_has_no_act() -> None:
    assert Step.model_validate({"expect": {"says": "welcome"}}).act == ""


def shipped() -> list[Scenario]:
    return [one.scenario for one in read([SHIPPED]).scenarios]


def test_at_least_34_scenarios_are_shipped() -> None:
    assert len(shipped()) >= 34


def test_a_third_of_the_shipped_ones_is_arabic_and_five_mix_languages() -> None:
    scenarios = shipped()
    arabic = [one for one in scenarios if one.language is Language.AR]
    mixed = [one for one in scenarios if "mixed" in one.tags]
    assert len(arabic) >= len(scenarios) / 3
    assert len(mixed) >= 5


def test_each_shipped_scenario_expects_something() -> None:
    assert all(any(step.expect for step in one.steps) for one in shipped())
