"""What a caller may ask of the conversation, and what only sounds like it."""

from pathlib import Path

import pytest
import yaml

from sipagent.engines.wishes import wish_of
from sipagent.ports import Wish
from sipagent.text.language import Language

ROWS = yaml.safe_load(
    (Path(__file__).parent / "development_wishes.yaml").read_text(encoding="utf-8")
)["wishes"]
# Half of the rows were read while the patterns were written; of the other half 85 % are right in
# either language. These floors catch a loss, they rate nothing.
FLOORS = {
    Language.EN: {"human": 0.84, "repeat": 0.78, "other_language": 0.8, "goodbye": 0.82},
    Language.AR: {"human": 0.75, "repeat": 0.8, "other_language": 0.84, "goodbye": 0.9},
}


def share(kind: str, language: Language) -> float:
    texts = [row["text"] for row in ROWS if (row["language"], row["wish"]) == (language, kind)]
    wish = None if kind == "none" else Wish(kind.replace("_", "-"))
    return sum(wish_of(text) is wish for text in texts) / len(texts)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", ["human", "repeat", "other_language", "goodbye"])
def test_development_wishes_are_heard(kind: str, language: Language) -> None:
    assert share(kind, language) >= FLOORS[language][kind]


@pytest.mark.parametrize("language", Language)
def test_a_development_question_is_no_wish(language: Language) -> None:
    assert share("none", language) >= 0.97


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("connect me to an operater please", Wish.HUMAN),
        ("yalla bye", Wish.GOODBYE),
        ("could you repeet that please", Wish.REPEAT),
        ("can we continue in arabic", Wish.OTHER_LANGUAGE),
        ("ابا ارمس حد مسؤول", Wish.HUMAN),
        ("شو قلت", Wish.REPEAT),
        ("كلمني انجليزي", Wish.OTHER_LANGUAGE),
        ("مشكور ما قصرت مع السلامة", Wish.GOODBYE),
    ],
)
def test_a_wish_is_heard_through_dialect_and_a_slip(text: str, wish: Wish) -> None:
    assert wish_of(text) is wish


@pytest.mark.parametrize(
    "text",
    [
        "",
        "i need the contract in arabic",
        "what are the customer service hours",
        "will the manager call back tomorrow",
        "my meter runs too fast",
        "i want to close my line",
        "السلام عليكم",
        "ما عندي نت",
        "أبي أكلم الفني",
        "في الفرع حد يتكلم إنجليزي",
    ],
)
def test_a_question_that_shares_words_with_a_wish_is_none(text: str) -> None:
    assert wish_of(text) is None
