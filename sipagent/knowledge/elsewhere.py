"""Words that name somebody else's matters, by language. Knows no index."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from sipagent.text.language import Language
from sipagent.text.words import tokens

_FILE: Final = Path(__file__).parent / "elsewhere.toml"


@cache
def elsewhere(language: Language) -> frozenset[str]:
    """The stems of the package's words for a language."""
    return frozenset(
        tokens(tomllib.loads(_FILE.read_text(encoding="utf-8"))[language.value], language)
    )
