"""Which language a text is written in."""

import pytest

from sipagent.text.language import Language
from sipagent.text.script import dominant


@pytest.mark.parametrize(
    ("text", "base", "language"),
    [
        ("how much is it", Language.AR, Language.EN),
        ("كم سعر internet", Language.AR, Language.AR),
        ("كم رصيدي", Language.EN, Language.AR),
        ("25", Language.AR, Language.AR),
        ("", Language.EN, Language.EN),
    ],
)
def test_a_text_is_in_the_language_of_most_of_its_words(
    text: str, base: Language, language: Language
) -> None:
    assert dominant(text, base) is language
