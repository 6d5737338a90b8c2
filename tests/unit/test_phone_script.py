"""The STEP language of the test phone."""

from pathlib import Path

import click
import pytest

from sipagent.cli.phone.command import read_server, read_words
from sipagent.cli.phone.script import (
    AfterBeginning,
    AfterTransfer,
    At,
    BadStep,
    Keys,
    PlayFile,
    Say,
    Step,
    WhenSilent,
    default_steps,
    parse,
)
from sipagent.cli.phone.target import refer_target
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Hello there", Step(WhenSilent(), Say("Hello there", EN))),
        ("@3.5 Hello", Step(At(3.5), Say("Hello", EN))),
        ("+1.2 Stop", Step(AfterBeginning(1.2), Say("Stop", EN))),
        ("+.5 Stop", Step(AfterBeginning(0.5), Say("Stop", EN))),
        (">2 Hello", Step(AfterTransfer(2), Say("Hello", EN))),
        ("question.wav", Step(WhenSilent(), PlayFile(Path("question.wav")))),
        ("@1 folder/a b.WAV", Step(At(1), PlayFile(Path("folder/a b.WAV")))),
        ("#12*", Step(WhenSilent(), Keys("12*"))),
        ("##", Step(WhenSilent(), Keys("#"))),
        ("+1 #0", Step(AfterBeginning(1), Keys("0"))),
        ("#1a", Step(WhenSilent(), Keys("1A"))),
    ],
)
def test_a_step_says_when_and_what(text: str, step: Step) -> None:
    assert parse(text, EN) == step


def test_arabic_letters_choose_the_arabic_voice() -> None:
    assert parse("ما هي ساعات العمل؟", EN).content == Say("ما هي ساعات العمل؟", AR)
    assert parse("What is this?", AR).content == Say("What is this?", EN)


def test_a_text_without_letters_is_in_the_language_of_the_call() -> None:
    assert parse("100", AR).content == Say("100", AR)


def test_a_plus_before_a_word_is_part_of_the_text() -> None:
    assert parse("+ten dirhams", EN) == Step(WhenSilent(), Say("+ten dirhams", EN))


@pytest.mark.parametrize("text", ["", "  ", "@3.5", "@3.5Hello", "+1.2.3 Stop", "#12x", "#"])
def test_what_is_no_step_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(BadStep, match="write"):
        parse(text, EN)


def test_the_first_word_is_the_number_if_it_looks_like_one() -> None:
    assert read_words(("+97140000000", "Hello"), EN)[0] == "+97140000000"
    assert read_words(("600500500", "Hello"), EN)[1] == (parse("Hello", EN),)


def test_without_a_number_the_demo_tenant_is_called() -> None:
    number, steps = read_words(("Hello",), EN)
    assert number == "+97142000000"
    assert steps == (parse("Hello", EN),)


@pytest.mark.parametrize("language", list(Language))
def test_without_steps_the_caller_interrupts_once_and_asks_for_a_human(language: Language) -> None:
    number, steps = read_words((), language)
    assert number == "+97142000000"
    assert steps == default_steps(language)
    assert sum(isinstance(step.when, AfterBeginning) for step in steps) == 1
    assert {step.content.language for step in steps if isinstance(step.content, Say)} == {language}


def test_a_server_without_a_port_listens_on_5060() -> None:
    assert read_server("10.0.0.5") == ("10.0.0.5", 5060)
    assert read_server("sip.example:5080") == ("sip.example", 5080)


@pytest.mark.parametrize("server", ["", ":5060", "host:", "host:0", "host:70000", "a b:5060"])
def test_a_server_that_is_none_is_refused(server: str) -> None:
    with pytest.raises(click.UsageError, match="HOST:PORT"):
        read_server(server)


def test_a_refer_target_is_split_into_user_and_headers() -> None:
    value = "<sip:desk+ab2@10.0.0.5:5070;transport=udp?User-to-User=00ab%3Bencoding=hex&X-T=a%20b>"
    assert refer_target(value) == ("desk+ab2", {"User-to-User": "00ab;encoding=hex", "X-T": "a b"})


def test_a_refer_target_may_come_without_brackets_and_headers() -> None:
    assert refer_target("sip:desk@10.0.0.5") == ("desk", {})
