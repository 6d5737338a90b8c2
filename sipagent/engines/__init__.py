"""Loads engines by kind and name (D8). Imports one only when it is asked for.

To add one: a file beside this one, a line in the table ``ENGINES``, and the shared test of its
kind in ``tests/contract`` runs over it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from pydantic import ValidationError

from sipagent.config import ENGINES as ENGINES
from sipagent.errors import ConfigError, ExtraMissing
from sipagent.ports import (
    Analyst,
    LanguageModel,
    Records,
    Responder,
    Transcriber,
    TurnDetector,
    Voice,
)

if TYPE_CHECKING:
    from sipagent.engines.llm_lexical import Index

EXTRAS: Final[Mapping[str, str]] = {  # by engine; the others need the base
    "piper": "piper",
    "smart-turn": "smart-turn",
    "whisper": "whisper",
    "xtts": "xtts",
}


@overload
def load(kind: Literal["voice"], name: str, settings: Mapping[str, object]) -> Voice: ...


@overload
def load(
    kind: Literal["transcriber"], name: str, settings: Mapping[str, object]
) -> Transcriber: ...


@overload
def load(kind: Literal["analyst"], name: str, settings: Mapping[str, object]) -> Analyst: ...


@overload
def load(
    kind: Literal["turn_detector"], name: str, settings: Mapping[str, object]
) -> TurnDetector: ...


@overload
def load(kind: Literal["model"], name: str, settings: Mapping[str, object]) -> LanguageModel: ...


@overload
def load(
    kind: Literal["responder"],
    name: str,
    settings: Mapping[str, object],
    indexes: "Mapping[str, Index]",
    records: Mapping[str, Records] | None = None,
) -> Responder: ...


def load(
    kind: str,
    name: str,
    settings: Mapping[str, object],
    indexes: "Mapping[str, Index] | None" = None,
    records: Mapping[str, Records] | None = None,
) -> Any:
    """The engine ``name`` of a kind with its own settings; a responder also gets what each
    tenant knows: its index, and its records where it has some.

    Raises ``ConfigError`` for an unknown name or setting, ``ExtraMissing`` where an optional
    dependency is not installed, ``ModelMissing`` where a model is not on disk.
    """
    with _told(kind, name):
        engine = _engine(kind, name)
        if indexes is None:
            return engine.from_settings(settings)
        return engine.from_settings(settings, indexes, records or {})


def transcribers(
    name: str, settings: Mapping[str, object], profiles: Collection[str]
) -> Mapping[str, Transcriber]:
    """A transcriber for each profile; they share what they can. One without profiles serves all.

    Raises as ``load`` does.
    """
    with _told("transcriber", name):
        engine = _engine("transcriber", name)
        if hasattr(engine, "of_profiles"):
            found: Mapping[str, Transcriber] = engine.of_profiles(settings, profiles)
            return found
        return dict.fromkeys(profiles, engine.from_settings(settings))


def _engine(kind: str, name: str) -> Any:
    """The class, imported only now."""
    engines = ENGINES[kind]
    if name not in engines:
        raise ConfigError(f"no {kind} is called {name!r}; there are: {', '.join(sorted(engines))}")
    module, _, kind_name = engines[name].partition(":")
    return getattr(import_module(module), kind_name)


@contextmanager
def _told(kind: str, name: str) -> Iterator[None]:
    """What is missing or wrong, as an error that says what to do."""
    try:
        yield
    except ImportError as error:
        missing = (error.name or str(error)).partition(".")[0]
        package = f"sipagent[{EXTRAS[name]}]" if name in EXTRAS else "sipagent"
        raise ExtraMissing(f'the {kind} {name} needs {missing}: pip install "{package}"') from None
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        raise ConfigError(f"{kind} {name}: {key}: {fault['msg']}") from None
