"""Text that means harm: long, nested, broken. What it takes grows with its length alone."""

import time
from collections.abc import Callable

import pytest

from sipagent.text.clauses import clauses
from sipagent.text.language import Language
from sipagent.text.plain import PlainStream, plain

SHORT = 1_200
TIMES_LONGER = 8
MOST_TIMES_SLOWER = 36  # a quadratic one takes 64 times as long

PATTERNS = {
    "digits": "1",
    "numbers": "1 ",
    "letters": "a",
    "addresses": "a@a.",
    "signs": "+-(",
    "references": "A1-",
    "words": "word ",
    "amounts": "AED 5 ",
    "Arabic": "٢٥ درهما و ",
    "broken tags": '<break time="',
    "nested tags": "<emphasis>a",
    "say-as": '<say-as interpret-as="digits">1',
    "brackets": "[",
    "links": "[a](",
    "stars": "*_",
    "bars": "|-|\n",
    "directions": "\u202e5",
}


def read(text: str) -> None:
    clauses(text, Language.EN)
    clauses(text, Language.AR)


def stream(text: str) -> None:
    chunks = PlainStream()
    for start in range(0, len(text), 7):
        chunks.feed(text[start : start + 7])
    chunks.end()


def seconds(function: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    function(text)
    return time.thread_time() - start


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("function", [read, plain, stream])
def test_the_time_grows_with_the_length(function: Callable[[str], object], name: str) -> None:
    pattern = PATTERNS[name]
    short = pattern * (SHORT // len(pattern))
    once = max(min(seconds(function, short) for _ in range(2)), 0.003)
    longer = min(seconds(function, short * TIMES_LONGER) for _ in range(2))
    assert longer < MOST_TIMES_SLOWER * once
