"""Records in a YAML file: the embedded stand-in for a company's customer system.

Knows how a file is written and what in it is wrong. Changes nothing in it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import Field, ValidationError

from sipagent.config.section import Section
from sipagent.errors import ConfigError
from sipagent.ports import Expect, Kind, Sentence, Source
from sipagent.text.language import Language
from sipagent.text.words import words

Texts = Mapping[Language, str]
_GROUP: Final = 4


class _File(Section):
    """The file as it is written."""

    digits: int = Field(ge=1, le=32)
    wanted: Mapping[Language, tuple[tuple[str, ...], ...]]
    question: Texts
    again: Texts
    accounts: Mapping[Annotated[str, Field(pattern=r"^\d+$")], Mapping[Language, tuple[str, ...]]]


class Accounts:
    """The port ``Records`` over a file. Raises ``ConfigError`` where it cannot be used."""

    def __init__(self, path: Path, languages: tuple[Language, ...]) -> None:
        self._path = path
        try:
            self._file = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}; name a file of accounts") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{path}: not UTF-8 text; save it as UTF-8") from None
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
            raise ConfigError("\n".join(f"{path}: {fault}" for fault in faults)) from None
        self._check(languages)
        self._wanted = [
            frozenset(word for one in phrase for word in words(one))
            for phrases in self._file.wanted.values()
            for phrase in phrases
        ]

    def _check(self, languages: tuple[Language, ...]) -> None:
        """Every number has the length that is asked for, and every text its languages."""
        file = self._file
        for number, texts in file.accounts.items():
            if len(number) != file.digits:
                what = f"{len(number)} digits; the file says {file.digits}"
                raise ConfigError(f"{self._path}: accounts.{number}: {what}")
            self._has(f"accounts.{number}", texts, languages)
        self._has("question", file.question, languages)
        self._has("again", file.again, languages)

    def _has(
        self, key: str, texts: Mapping[Language, object], languages: tuple[Language, ...]
    ) -> None:
        for language in languages:
            if not texts.get(language):
                raise ConfigError(f"{self._path}: {key}: no text in {language}")

    @property
    def expect(self) -> Expect:
        return Expect(Kind.DIGITS, self._file.digits, self._file.digits, "account")

    def wanted(self, text: str) -> bool:
        said = frozenset(words(text))
        return any(phrase <= said for phrase in self._wanted)

    def question(self, language: Language) -> Sentence:
        return self._sentence(self._file.question[language], language, "question")

    def again(self, digits: str, language: Language) -> Sentence:
        groups = " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
        text = self._file.again[language].replace("{number}", groups)
        return self._sentence(text, language, "again")

    def find(self, digits: str, language: Language) -> tuple[Sentence, ...] | None:
        texts = self._file.accounts.get(digits)
        if texts is None:
            return None
        return tuple(self._sentence(text, language, "account") for text in texts[language])

    def _sentence(self, text: str, language: Language, section: str) -> Sentence:
        return Sentence(text, language, (Source(self._path.name, section, text, 1.0),))
