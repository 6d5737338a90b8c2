"""What of a model's text is said: markers, figures, grounds, small talk."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipagent.dialog.agent.citing import Cited, Citing
from sipagent.dialog.agent.figures import figures
from sipagent.dialog.agent.grounds import Grounds
from sipagent.dialog.agent.small_talk import SmallTalk, is_affirmation
from sipagent.dialog.agent.wording import End, Wording
from sipagent.ports import Source
from sipagent.text.language import Language
from sipagent.text.words import words

EN, AR = Language.EN, Language.AR
FEE = Source("late-payment.en.md", "Late payment fee", "The late payment fee is 20 dirhams.", 7.0)
HOURS = Source("hours.en.md", "Opening hours", "Branches open at 08:00 and close at 17:00.", 3.0)
FEE_AR = Source("late-payment.ar.md", "غرامة التأخير", "غرامة التأخير ٢٠ درهما.", 7.0)

# ------------------------------------------------------------ markers


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("The fee is 20 [1]. Next", ("The fee is 20.", (1,))),
        ("The fee is 20. [1] Next", ("The fee is 20.", (1,))),
        ("The fee is 20.[1] Next", ("The fee is 20.", (1,))),
        ("The fee is 20 [1][2]. Next", ("The fee is 20.", (1, 2))),
        ("The fee is 20. [1] [2] Next", ("The fee is 20.", (1, 2))),
        ("The fee is 20 [2, 1]. Next", ("The fee is 20.", (2, 1))),
        ("The fee is 20 [1، 2]. Next", ("The fee is 20.", (1, 2))),
        ("The fee [1] is 20. Next", ("The fee is 20.", (1,))),
        ("The fee is 20 【1】. Next", ("The fee is 20.", (1,))),
        ("The fee is 20 [passage 1]. Next", ("The fee is 20.", (1,))),
        ("الغرامة ٢٠ درهما. [١] ثم", ("الغرامة ٢٠ درهما.", (1,))),
        ("هل تريد ذلك؟ [١] ثم", ("هل تريد ذلك؟", (1,))),
        ("It opens at 8 a.m. on Friday [1]. Next", ("It opens at 8 a.m. on Friday.", (1,))),
        ("It costs 20.50 dirhams [1]. Next", ("It costs 20.50 dirhams.", (1,))),
        ("The fee is 20\n[1]\nNext", ("The fee is 20", ())),
    ],
)
def test_markers_belong_to_the_sentence_that_they_end(
    written: str, cited: tuple[str, tuple[int, ...]]
) -> None:
    for pieces in (list(written), [written]):
        citing = Citing()
        found = [one for piece in pieces for one in citing.feed(piece)]
        assert found[0] == Cited(*cited)


def test_a_sentence_with_its_marker_stands_at_once() -> None:
    citing = Citing()
    assert citing.feed("The fee is 20 dirhams [1].") == [Cited("The fee is 20 dirhams.", (1,))]


def test_a_sentence_without_one_waits_for_what_follows() -> None:
    citing = Citing()
    assert citing.feed("The fee is 20 dirhams.") == []
    assert citing.feed(" [") == []
    assert citing.feed("1] It") == [Cited("The fee is 20 dirhams.", (1,))]


def test_what_is_cut_off_is_dropped_unless_a_full_stop_ends_it() -> None:
    citing = Citing()
    citing.feed("It is 20 [1]. And the rest of")
    assert citing.end(whole=False) == []
    citing.feed("It is 20 [1]")
    assert citing.end(whole=False) == [Cited("It is 20", (1,))]
    citing.feed("It is 20")
    assert citing.end(whole=True) == [Cited("It is 20", ())]


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "The ",
                "fee ",
                "is ",
                "20",
                ".",
                " ",
                "5",
                "!",
                "؟",
                "\n",
                "[",
                "]",
                "[1]",
                "[1, 2]",
            ),
            *("[none]", "[99", "2]", "غرامة ", "a.m. ", "...", '"', ")", "【3】", "- ", "**"),
        ]
    ),
    max_size=40,
)


@given(PIECES)
def test_no_marker_is_ever_part_of_a_sentence(pieces: list[str]) -> None:
    citing = Citing()
    found = [one for piece in pieces for one in citing.feed(piece)] + citing.end(whole=True)
    assert not any(re.search(r"\[\s*\d+\s*\]|【", one.text) for one in found)
    assert citing.held == ""


@given(PIECES)
def test_no_word_is_lost_or_said_twice(pieces: list[str]) -> None:
    citing = Citing()
    found = [one for piece in pieces for one in citing.feed(piece)] + citing.end(whole=True)
    letters = re.sub(r"\[[^\]]*\]|【\d+】|[^a-z]", "", "".join(pieces).replace("none", ""))
    said = re.sub(r"[^a-z]", "", "".join(one.text for one in found).replace("none", ""))
    if "[" not in "".join(pieces):  # half a bracket may or may not be a marker's
        assert said == letters


# ------------------------------------------------------------ figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000 dirhams", "١٠٠٠ درهم"),
        ("25.50", "25.5"),
        ("20.00 AED", "twenty dirhams"),
        ("at 17:00", "at 5 p.m."),
        ("at 08:00", "at 8 a.m."),
        ("at 17:30", "5:30 p.m."),
        ("call 050 123 4567", "call 0501234567"),
        ("call 800-1234-5", "call 8001 2345"),
        ("three days", "3 days"),
        ("ثلاثة أيام", "3 أيام"),
        ("خمسين درهما", "50 dirhams"),
        ("one moment", "a moment"),
    ],
)
def test_a_figure_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert figures(one) == figures(other)


def test_figures_that_differ_are_told_apart() -> None:
    told = [figures(text) for text in ("20", "200", "2.0", "20.5", "2,000", "18:20", "0501234567")]
    assert len(set(told)) == len(told)


# ------------------------------------------------------------ grounds


def grounds() -> Grounds:
    found = Grounds(EN)
    assert found.passage(FEE) == 1
    assert found.passage(HOURS) == 2
    assert found.result("look_up_bill", '{"account": "5001234"} balance 120') == 3
    assert found.passage(FEE_AR) == 4
    return found


@pytest.mark.parametrize(
    ("sentence", "numbers", "sources"),
    [
        ("The late fee is 20 dirhams.", (1,), (FEE,)),
        ("A late fee applies.", (1,), (FEE,)),
        ("The fee is 20, and we close at 5 p.m.", (1, 2), (FEE, HOURS)),
        ("You owe 120 dirhams.", (3,), (Source("tool", "look_up_bill", "", 1.0),)),
        ("Account 5001234 owes 120.", (3,), (Source("tool", "look_up_bill", "", 1.0),)),
        ("The late fee is 20 dirhams.", (4,), (FEE_AR,)),  # the passage is Arabic
        ("The late fee is 20 dirhams.", (1, 9), (FEE,)),
        ("The late fee is 21 dirhams.", (1,), None),
        ("The late fee is 20 dirhams.", (2,), None),
        ("The late fee is 20 dirhams.", (9,), None),
        ("The late fee is 20 dirhams.", (0,), None),
        ("The late fee is 20 dirhams.", (), None),
        ("Camels sleep in winter.", (1,), None),
        ("You owe 121 dirhams.", (3,), None),
        ("The late fee is 21 dirhams.", (4,), None),
    ],
)
def test_a_citation_is_checked(
    sentence: str, numbers: tuple[int, ...], sources: tuple[Source, ...] | None
) -> None:
    assert grounds().rests_on(sentence, numbers) == sources


def test_who_borrows_a_citation_must_be_nearer_to_it() -> None:
    found = grounds()
    assert found.rests_on("Our fee changes with moonlight and weather.", (1,)) == (FEE,)
    assert found.rests_on("Our fee changes with moonlight.", (1,), borrowed=True) is None
    assert found.rests_on("A late fee applies.", (1,), borrowed=True) == (FEE,)
    assert found.rests_on("You owe something.", (3,), borrowed=True) is None


# ------------------------------------------------------------ small talk

NOTHING_SAID = [
    *("Hello!", "Welcome to Noor.", "You're welcome.", "I'm happy to help you with that."),
    *("One moment please.", "Let me check that for you.", "I'm sorry to hear that."),
    *("Of course, let me check.", "Sure, one moment.", "I understand.", "Goodbye."),
    *("Is there anything else I can help you with?", "Which branch do you mean?"),
    *("Please tell me your account number.", "Could you repeat that, please?"),
    *("Sorry, could you say that again?", "Did you say 500 1234?", "Have a great day!"),
    *("Thank you for waiting.", "I'm sorry, I didn't catch that.", "What is your account number?"),
    *("I'm sorry to hear that your internet is down.", "Okay, I understand, let me check that."),
    *("أهلا بك في نور.", "على الرحب والسعة.", "لحظة من فضلك.", "هل تريد شيئا آخر؟"),
    *("أي فرع تقصد؟", "من فضلك قل لي رقم حسابك.", "آسف، لم أسمعك جيدا.", "شكرا لصبرك."),
    *("دعني أتحقق من ذلك.", "كيف يمكنني مساعدتك؟", "شكرا لاتصالك.", "مع السلامة."),
]
SOMETHING_SAID = [
    *("The visit is free.", "Yes.", "No.", "You can pay online.", "It is free.", "Free."),
    *("Did you know the visit is free?", "Of course, the visit is free.", "Yes, thank you."),
    *("Thank you, the fee is 20 dirhams.", "Sure, you can do that.", "The visit is free, right?"),
    *("Welcome to Noor, where visits are free.", "Did you say 600?", "You will get it back."),
    *("Let me tell you that refunds take a week.", "I see that refunds are free."),
    *("Hello, we are open all day.", "Okay, the internet is down.", "My internet is down."),
    *("Thank you, it will be ready today.", "Sorry, that is not possible.", "I can waive the fee."),
    *("الزيارة مجانية.", "نعم.", "لا.", "هل تعلم أن الزيارة مجانية؟", "طبعا، الزيارة مجانية."),
    *("شكرا، الغرامة عشرون درهما.", "نعم، مجانا.", "يمكنك الدفع في الفرع."),
]


def small_talk() -> SmallTalk:
    return SmallTalk(("Noor نور",), "my number is 500 1234 and my internet is down")


@pytest.mark.parametrize("sentence", NOTHING_SAID)
def test_courtesy_and_questions_state_nothing(sentence: str) -> None:
    assert small_talk().states_nothing(sentence, AR if sentence[0] > "\u0600" else EN)


@pytest.mark.parametrize("sentence", SOMETHING_SAID)
def test_whatever_may_state_something_is_no_small_talk(sentence: str) -> None:
    assert not small_talk().states_nothing(sentence, AR if sentence[0] > "\u0600" else EN)


@pytest.mark.parametrize(
    "sentence", ["Yes.", "Of course!", "No, not at all.", "نعم.", "أكيد، طبعا."]
)
def test_a_yes_or_no_alone_is_an_affirmation(sentence: str) -> None:
    assert is_affirmation(sentence, AR if sentence[0] > "\u0600" else EN)


@pytest.mark.parametrize("sentence", ["Yes, visits are free.", "", "...", "Hello."])
def test_whatever_says_more_is_none(sentence: str) -> None:
    assert not is_affirmation(sentence, EN)


# ------------------------------------------------------------ the whole


def wording() -> Wording:
    return Wording(grounds(), small_talk(), EN)


def test_what_waits_before_a_courtesy_is_left_out() -> None:
    """Said after it, it would stand in another order than it was meant in."""
    said = wording()
    assert said.feed("A late fee applies. I understand. ") == []
    assert [one.text for one in said.feed("It is 20 dirhams for a late fee [1]. ")] == [
        "I understand.",
        "It is 20 dirhams for a late fee.",
    ]


def test_the_numbers_of_a_list_are_no_sentences() -> None:
    said = wording()
    found = said.feed("1. The late fee is 20 dirhams [1].\n2. Branches close at 5 p.m. [2]\n")
    assert [one.text for one in found] == [
        "The late fee is 20 dirhams.",
        "Branches close at 5 p.m.",
    ]


def test_a_telephone_number_is_no_loop() -> None:
    said = wording()
    said.feed("The number is " + "0 " * 12)
    assert said.end is None


def test_words_that_go_round_are_one() -> None:
    said = wording()
    said.feed("The fee is the fee is the fee is the fee is ")
    assert said.end is End.LOOP


def test_a_text_that_never_stops_ends() -> None:
    said = wording()
    said.feed(" ".join(f"word{number}" for number in range(200)))
    assert said.end is End.ENDLESS


@given(st.lists(st.text(max_size=30), max_size=12))
def test_nothing_is_said_that_neither_cites_nor_is_courtesy(fragments: list[str]) -> None:
    said = wording()
    found = [one for fragment in fragments for one in said.feed(fragment)]
    found += said.close(whole=True)
    for sentence in found:
        assert sentence.sources or small_talk().states_nothing(sentence.text, sentence.language)
        assert words(sentence.text)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**The late fee** is _20_ dirhams [1].", "The late fee is 20 dirhams."),
        ("- The late fee is 20 dirhams [1]\n", "The late fee is 20 dirhams."),
        ("## The late fee [1]\n", "The late fee."),
        (
            "The late fee is on [our site](https://noor.example/a?b=c) [1].",
            "The late fee is on our site.",
        ),
        ("The late fee is small 😀 [1].", "The late fee is small."),
        ("The <b>late fee</b> is `20` dirhams [1].", "The late fee is 20 dirhams."),
        ("The <slow>late fee</slow> is 20 dirhams [1].", "The late fee is 20 dirhams."),
    ],
)
def test_a_voice_is_given_words(written: str, said: str) -> None:
    found = wording()
    assert [one.text for one in found.feed(written) + found.close(whole=True)] == [said]
