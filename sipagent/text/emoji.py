"""Pictures among letters: emoji, dingbats, and the signs that join and colour them."""

import re
from typing import Final

_PICTURES: Final = (
    "\U0001f000-\U0001faff"  # emoji, flags, cards, symbols for them
    "\U000e0020-\U000e007f"  # tags of flags
    "\u2190-\u2191\u2193-\u21ff"  # arrows but the one to the right, which is read as "to"
    "\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\u00a9\u00ae\u2122\u2139"
    "\ufe00-\ufe0f\u200d\u20e3"
)
_EMOJI: Final = re.compile(f"[{_PICTURES}]")


def without_emoji(text: str) -> str:
    """The text without pictures; of a keycap its digit stays."""
    return _EMOJI.sub("", text)
