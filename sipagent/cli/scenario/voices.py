"""The caller's voices: espeak-ng by name and pace. Knows no scenario."""

from collections.abc import Mapping
from functools import cache

from sipagent.config import EspeakSettings
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.text.language import Language


def voice(names: Mapping[Language, str], name: str = "", pace: float = 1.0) -> EspeakVoice:
    """A voice for each language; ``name`` stands before the one of its language.

    Raises ``ModelMissing`` for a voice that espeak-ng has not.
    """
    usual = EspeakSettings()
    chosen = {**names, **({language_of_voice(name): name} if name else {})}
    return _voice(
        EspeakSettings(
            english=chosen.get(Language.EN, usual.english),
            arabic=chosen.get(Language.AR, usual.arabic),
            words_per_minute=_within(usual.words_per_minute * pace),
            arabic_words_per_minute=_within(usual.arabic_words_per_minute * pace),
        )
    )


@cache
def _voice(settings: EspeakSettings) -> EspeakVoice:
    return EspeakVoice(settings)


def language_of_voice(name: str) -> Language:
    """A name beginning with ``ar`` is for Arabic."""
    arabic = name.partition("+")[0].partition("-")[0] == "ar"
    return Language.AR if arabic else Language.EN


def _within(words_per_minute: float) -> int:
    return min(400, max(80, round(words_per_minute)))
