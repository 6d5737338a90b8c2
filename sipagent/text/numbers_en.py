"""English numbers as they are read aloud. Knows integers, decimals, ordinals, years, fractions."""

from typing import Final

from sipagent.text.word_list import word_list

_ONES: Final = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
)
_TENS: Final = word_list("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES: Final = (
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (10**3, "thousand"),
)
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
LARGEST: Final = 10**15 - 1


def cardinal(number: int) -> str:
    """The number in words: 1,234 is "one thousand two hundred and thirty-four"."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number > LARGEST:
        return digits(str(number))
    parts: list[str] = []
    rest = number
    for size, name in _SCALES:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{_below_thousand(count)} {name}")
    if rest or not parts:
        joint = "and " if parts and rest < 100 else ""
        parts.append(joint + _below_thousand(rest))
    return " ".join(parts)


def ordinal(number: int) -> str:
    """21 is "twenty-first"."""
    return _as_ordinal(cardinal(number))


def digits(text: str) -> str:
    """Each digit by its name, in the order written."""
    return " ".join(_ONES[int(digit)] for digit in text if digit.isdecimal())


def decimal(whole: int, part: str) -> str:
    """12 and "05" is "twelve point zero five"."""
    return f"{cardinal(whole)} point {digits(part)}"


def year(number: int) -> str:
    """1999 is "nineteen ninety-nine", 2005 "two thousand and five", 2026 "twenty twenty-six"."""
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 9999 or number % 1000 < 10:
        return cardinal(number)
    if rest == 0:
        return f"{_below_hundred(century)} hundred"
    return f"{_below_hundred(century)} {'oh ' if rest < 10 else ''}{_below_hundred(rest)}"


def decade(number: int) -> str:
    """1990 is "nineteen nineties"."""
    if number % 100 == 0:
        return year(number) + "s"
    return year(number).removesuffix("y") + "ies"


def fraction(above: int, below: int) -> str:
    """1 over 2 is "one half", 3 over 4 "three quarters"; ``below`` is 2 or more."""
    name = {2: "half", 4: "quarter"}.get(below) or ordinal(below)
    if above == 1:
        return f"one {name}"
    return f"{cardinal(above)} {'halves' if below == 2 else name + 's'}"


def _as_ordinal(words: str) -> str:
    before = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[before:]
    if last in _ORDINALS:
        return words[:before] + _ORDINALS[last]
    if last.endswith("y"):
        return words[:-1] + "ieth"
    return words + "th"


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    words = f"{_ONES[hundreds]} hundred"
    return f"{words} and {_below_hundred(rest)}" if rest else words


def _below_hundred(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, rest = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[rest]}" if rest else _TENS[tens]
