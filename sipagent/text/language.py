"""The languages that a caller may use. Knows scripts, not words."""

from enum import StrEnum


class Language(StrEnum):
    """A language by its ISO 639-1 code."""

    EN = "en"
    AR = "ar"

    @property
    def other(self) -> "Language":
        """The language that a caller means by "the other language"."""
        return Language.AR if self is Language.EN else Language.EN
