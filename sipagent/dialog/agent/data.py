"""What callers, documents and tools say, as a model may read it: data that cannot act.

Marks by which a prompt is built (tags, citation brackets, a template's special tokens) are
turned into look-alikes, so that no text closes its own quotation or forges another's. Knows
no prompt.
"""

import re
import unicodedata
from typing import Final

MOST_CALLER: Final = 2_000
MOST_PASSAGE: Final = 2_000
MOST_RESULT: Final = 4_000
CUT: Final = "…"

_LOOK_ALIKES: Final = str.maketrans(
    {"<": "‹", ">": "›", "[": "(", "]": ")", "【": "(", "】": ")", "［": "(", "］": ")",
     "＜": "‹", "＞": "›", "｜": "|", "▁": "_", "`": "'"}
)  # fmt: skip
_SPACE: Final = re.compile(r"\s+")


def as_data(text: str, most: int = MOST_PASSAGE) -> str:
    """The text on one line of at most ``most`` characters, readable as before."""
    visible = "".join(
        " " if one.isspace() else one
        for one in text[: 4 * most]
        if one.isspace() or unicodedata.category(one) not in {"Cc", "Cf", "Co", "Cs"}
    )
    line = _SPACE.sub(" ", visible.translate(_LOOK_ALIKES)).strip()
    return line if len(line) <= most else line[: most - 1] + CUT


def tagged(tag: str, text: str, most: int = MOST_PASSAGE, **attributes: object) -> str:
    """``<tag a="1">text</tag>``; text and attributes as data."""
    written = "".join(f' {name}="{_quoted(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{as_data(text, most)}</{tag}>"


def _quoted(value: object) -> str:
    return as_data(str(value), 200).replace('"', "'")
