"""What a model writes, as what a voice can speak: whole, and while it is being written."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipagent.text.clauses import clauses
from sipagent.text.language import Language
from sipagent.text.marks import without_marks
from sipagent.text.plain import PlainStream, plain
from sipagent.text.word_list import word_list


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("**Bold**, _italic_ and ***both***", "Bold, italic and both"),
        ("un*frigging*believable", "unfriggingbelievable"),
        ("~~old~~ new", "old new"),
        ("see [our plans](https://noor.ae/plans)", "see our plans"),
        ('see [our plans](https://noor.ae "Title"), please', "see our plans, please"),
        ("see [our plans][1] now", "see our plans now"),
        ("![a picture](x.png) here", "here"),
        ("visit https://www.noor.ae/pay?x=1.", "visit noor.ae."),
        ("visit <https://noor.ae> or <mailto:help@noor.ae>", "visit noor.ae or help@noor.ae"),
        ("as we said [1][2], and [3, 4]", "as we said, and"),
        ("the plan【4†source】 is", "the plan is"),
        ("dial `*100#` now", "dial *100# now"),
        ("run `x = {a: 1};` now", "run now"),
        ("press * or # to go back", "press * or # to go back"),
        ("```python\nprint(1)\n```\nDone", "Done"),
        ("Hello 😀👍🏽 there 🇦🇪!", "Hello there!"),
        ("press 5️⃣ now", "press 5 now"),
        ("Dubai :smile: rocks", "Dubai rocks"),
        ("# Plans\nTwo of them", "Plans. Two of them"),
        ("- one\n- two\n- three!", "one. two. three!"),
        ("1. Open the app\n2. Pay", "Open the app. Pay."),
        ("١. افتح التطبيق\n٢. ادفع", "افتح التطبيق. ادفع."),
        ("* [ ] task\n* [x] done", "task. done."),
        ("> quoted", "quoted"),
        ("above\n\n---\n\nbelow", "above. below"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "1, 2."),
        (
            "| Plan | Price | Data |\n|:--|--:|---|\n| Basic | AED 99 | **5 GB** |",
            "Basic, Price AED 99, Data 5 GB.",
        ),
        ("one\ntwo", "one two"),
        ("One\nTwo", "One. Two"),
        ("a <b>bold</b> <span class='x'>word</span>", "a bold word"),
        ("one<br>Two<p>Three</p>", "one. Two. Three"),
        ("fish &amp; chips&nbsp;now &lt;b&gt;", "fish & chips now b"),
        ("<script>alert(1)</script>hello", "hello"),
        ("<think>I wonder, **really**</think>The answer", "The answer"),
        ("I wonder\n</think>\nThe answer", "The answer"),
        ("hello<|im_end|>", "hello"),
        ("snake_case and a_b@x.ae", "snake case and a_b@x.ae"),
        ("\\*not bold\\*", "not bold"),
        ("5 * 3 < 20", "5 * 3 < 20"),
        ("{name} and [name]", "name and name"),
        ("#Dubai costs #5", "Dubai costs #5"),
        ("", ""),
        ("```\nonly code\n```", ""),
        ("🙂", ""),
    ],
)
def test_only_what_can_be_spoken_is_left(text: str, spoken: str) -> None:
    assert plain(text) == spoken


def test_marks_for_the_voice_stay_unless_they_are_not_wanted() -> None:
    text = 'Wait <break time="300ms"/> **now** <emphasis>please</emphasis>'
    assert plain(text) == 'Wait <break time="300ms"/> now <emphasis>please</emphasis>'
    assert plain(text, keep_marks=False) == "Wait now please"
    assert plain("&lt;break time='9s'/&gt; hello") == "break time='9s'/ hello"


def streamed(text: str, size: int, language: Language = Language.EN) -> list[str]:
    stream = PlainStream(language)
    found = [
        piece
        for start in range(0, len(text), size)
        for piece in stream.feed(text[start : start + size])
    ]
    return found + stream.end()


REPLY = """<think>hm, *what*</think>## Your bill

Hello **Ahmed**, your bill for [March](https://noor.ae/x, "y") is AED 1,234.50, due on March 12,
2026. Call +971 50 123 4567, or Dr. Smith at P.O. Box 12:

- **Basic**: 5 GB, e.g. for `one` phone
- Family 😀

| Plan | Price |
|------|-------|
| Basic | AED 99 |

```
code, code, code
```
<prosody rate="slow">Your code is <say-as interpret-as="digits">48, 21</say-as>, please keep it. \
Thank you.<break time="300ms"/> Bye</prosody> now."""
REPLY_AR = (
    "مرحبا أحمد، رصيدك هو ٢٥٫٥٠ درهم؛ وسيتم تجديد الباقة في ١٢ مارس، ٢٠٢٦ عند الساعة 8:30 صباحا."
    " هل تريد **شيئا** آخر؟ اتصل على 800 1234، أو زر www.noor.ae اليوم"
)


@pytest.mark.parametrize("reply", [REPLY, REPLY_AR])
def test_the_cut_of_fragments_does_not_matter(reply: str) -> None:
    whole = streamed(reply, 1)
    for size in (2, 3, 5, 8, 13, 1000):
        assert streamed(reply, size) == whole
    assert words(" ".join(whole)) == words(plain(reply))


def words(text: str) -> list[str]:
    return without_marks(text).split()


def test_a_reply_is_given_in_pieces_that_can_be_spoken_alone() -> None:
    assert streamed(REPLY, 4) == [
        "Your bill.",
        "Hello Ahmed, your bill for March is AED 1,234.50,",
        "due on March 12, 2026.",
        "Call +971 50 123 4567, or Dr. Smith at P.O. Box 12:",
        "Basic: 5 GB, e.g. for one phone.",
        "Family.",
        "Basic, AED 99.",
        '<prosody rate="slow">Your code is <say-as interpret-as="digits">48, 21</say-as>,'
        " please keep it.</prosody>",
        '<prosody rate="slow">Thank you.<break time="300ms"/></prosody>',
        '<prosody rate="slow">Bye</prosody> now.',
    ]


def test_the_first_clause_is_given_as_soon_as_it_stands() -> None:
    stream = PlainStream()
    assert stream.feed("Your bill,") == []
    assert stream.feed(" s") == ["Your bill,"]
    assert stream.feed("ir, is ready. It") == ["sir, is ready."]


def test_a_first_clause_without_a_mark_is_given_after_a_breath() -> None:
    stream = PlainStream()
    given = [
        (place, piece)
        for place, word in enumerate(word_list("I will now look up the balance of your account"))
        for piece in stream.feed(f"{word} ")
    ]
    assert given == [(8, "I will now look up")]


@pytest.mark.parametrize(
    "whole", ["12 March, 2026", "AED 1,234.50", "+971 50 123 4567", "e.g. a b"]
)
def test_a_stream_never_cuts_what_is_read_as_one(whole: str) -> None:
    for before in range(12):
        text = f"{'well ' * before}{whole} and then some more of it, if you please, dear caller"
        assert any(whole in piece for piece in streamed(text, 1))


def test_a_hard_space_of_marks_never_stalls_the_stream() -> None:
    stream = PlainStream()
    given = stream.feed("(" * 5000) + stream.feed("word " * 50) + stream.end()
    assert " ".join(given).split("(")[-1].split() == ["word"] * 50


PIECES = [
    *word_list("** _ ` [ ]( ) < > | # - * 1. word Word, two. 1,234.50 AED +971 50 e.g. Dr. ، كلمة"),
    *word_list(
        "؟ https://a.ae/b <break/> <emphasis> </emphasis> </p> &amp; 😀 ! : ~~ ``` <think> \\"
    ),
    *(
        "\n",
        " ",
        " ",
        " ",
        '<say-as interpret-as="digits">',
        "</say-as>",
        "[t](u)",
        "\n- ",
        "|a|b|\n",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_a_stream_gives_the_words_of_the_whole(parts: list[str], seed: int) -> None:
    text, chance = "".join(parts), random.Random(seed)
    stream, given, start = PlainStream(), [], 0
    while start < len(text):
        size = chance.randint(1, 9)
        given += stream.feed(text[start : start + size])
        start += size
    given += stream.end()
    assert [word for piece in given for word in spoken_words(piece)] == spoken_words(plain(text))


def spoken_words(text: str) -> list[str]:
    """Only words: marks alone are dropped where a piece ends."""
    return re.findall(r"\w+", without_marks(text))


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_text_of_a_model_raises(text: str) -> None:
    for piece in [plain(text), *streamed(text, 3)]:
        clauses(piece, Language.AR)
