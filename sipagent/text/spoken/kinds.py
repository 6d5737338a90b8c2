"""The kinds of things that are not read as written, in the order in which they are looked for."""

from typing import Final

from sipagent.text.spoken import (
    abbreviations,
    addresses,
    dates,
    digit_strings,
    measures,
    money,
    plain_numbers,
    symbols,
    times,
)
from sipagent.text.spoken.unit import Kind

KINDS: Final[tuple[Kind, ...]] = (
    addresses.ADDRESS,
    abbreviations.NUMBER_SIGN,
    digit_strings.KEYED,
    digit_strings.IBAN,
    dates.NUMERIC,
    dates.NAMED,
    dates.SHORT,
    times.CLOCK,
    times.DOTTED,
    money.MONEY,
    measures.PERCENT,
    measures.MEASURE,
    abbreviations.BOX,
    digit_strings.REFERENCE,
    digit_strings.TELEPHONE,
    digit_strings.SHORT,
    plain_numbers.ALL_DAY,
    plain_numbers.FRACTION,
    plain_numbers.ORDINAL,
    plain_numbers.DOTTED,
    dates.YEARS,
    times.HOUR,
    plain_numbers.TIMES,
    plain_numbers.RATIO,
    plain_numbers.COUNT,
    abbreviations.WEEKDAYS,
    abbreviations.ENGLISH,
    abbreviations.ARABIC,
    abbreviations.DOTTED,
    abbreviations.CAPITALS,
    symbols.ALONE,
    symbols.BETWEEN_NUMBERS,
    symbols.BETWEEN,
)
