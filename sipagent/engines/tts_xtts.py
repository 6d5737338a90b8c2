"""Speech by XTTS v2 in this process: presets, or a tenant's own voice cloned with consent.

One model serves all calls: a clause at a time, in the order in which they came. The weights of
XTTS v2 are under the Coqui Public Model License 1.0.0, for non-commercial use alone; whoever
chooses this voice must say that he may use them. Knows nothing of calls or playout.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from sipagent.config.voices import XttsSettings
from sipagent.engines.speakers import (
    PRESETS,
    SAMPLE_FILE,
    ConsentMissing,
    Speaker,
    digest,
    load_clone,
    load_presets,
)
from sipagent.engines.tts_clauses import Run, Samples, pace
from sipagent.engines.tts_pieces import Pieces, Sounds
from sipagent.engines.workers import Workers
from sipagent.engines.xtts_model import PARTS, SPEAKERS_FOLDER, XttsModel, find_model, packages
from sipagent.errors import ConfigError
from sipagent.ports import Speech
from sipagent.text.language import Language
from sipagent.text.marks import Manner

log = structlog.get_logger(__name__)

LICENCE: Final = "Coqui Public Model License 1.0.0: non-commercial use alone"
LONGEST_S: Final = 30.0  # the model itself ends at 28 s


class XttsVoice:
    """The port ``Voice`` by XTTS v2: with ``latents`` of a speaker for each language."""

    def __init__(
        self,
        settings: XttsSettings,
        model: XttsModel,
        workers: Workers,
        latents: Mapping[Language, Any],
        *,
        owner: bool = True,
    ) -> None:
        self._settings, self._model, self._workers = settings, model, workers
        self._latents = latents
        self._owner = owner
        self.model_files: tuple[Path, ...] = ()
        self._pieces = Pieces(
            self.name, self._sound, first_ms=settings.first_ms, longest_s=LONGEST_S
        )

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "XttsVoice":
        """Load the model. Raises ``ConfigError``, ``ModelMissing``, ``ConsentMissing``."""
        chosen = XttsSettings.model_validate(settings)
        if not chosen.may_use_weights:
            raise ConfigError(
                "voice xtts: the weights of XTTS v2 may not serve a business "
                f"({LICENCE}); set engines.xtts.may_use_weights where you may use them"
            )
        packages()
        models_dir = chosen.models_dir or Path("models")
        folder = find_model(chosen.model, models_dir)
        log.warning("voice for non-commercial use", voice="xtts", licence=LICENCE)
        model = XttsModel(folder, chosen.device, chosen.threads, models_dir / SPEAKERS_FOLDER)
        unspoken = sorted(set(Language) - model.languages)
        if unspoken:
            raise ConfigError(f"voice xtts: {folder} does not speak {', '.join(unspoken)}")
        speakers = _speakers(chosen, model)
        latents = {language: model.latents(speaker) for language, speaker in speakers.items()}
        samples = [sample for speaker in speakers.values() for sample in speaker.samples]
        voice = cls(chosen, model, Workers("xtts", 1, chosen.waiting), latents)
        voice.model_files = (*(folder / part for part in PARTS), *samples)
        return voice

    async def cloned(self, folder: Path) -> "XttsVoice":
        """A voice that speaks as the person in ``folder``, by the same model and line.

        Raises ``ConsentMissing``, ``ModelMissing``. Closing it leaves this one open.
        """
        speaker = await self._workers.run(partial(_agreed, self._model, folder))
        latents = await self._workers.run(partial(self._model.latents, speaker))
        own = dict.fromkeys(Language, latents)
        voice = XttsVoice(self._settings, self._model, self._workers, own, owner=False)
        voice.model_files = (*self.model_files, *speaker.samples)
        return voice

    @property
    def name(self) -> str:
        return "xtts"

    def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield each clause in pieces as it is made. Closing the iterator stops the work for it
        at the model's next chunk.
        """
        return self._pieces.speak(text, language, rate_hz)

    async def _sound(self, run: Run, manner: Manner) -> Sounds:
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[Samples | None] = asyncio.Queue()  # at most one clause of sound
        unwanted = threading.Event()

        def work() -> None:
            with closing(self._stream(run, pace(manner))) as stream:
                for chunk in stream:
                    if unwanted.is_set():
                        return
                    loop.call_soon_threadsafe(chunks.put_nowait, chunk)

        making = asyncio.create_task(self._workers.run(work), name="xtts")
        making.add_done_callback(lambda _: chunks.put_nowait(None))
        try:
            while (chunk := await chunks.get()) is not None:
                yield chunk, self._model.rate_hz
            await making
        finally:
            unwanted.set()
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    def _stream(self, run: Run, speed: float) -> Any:
        return self._model.stream(
            run.said,
            run.language,
            self._latents[run.language],
            speed=speed,
            chunk_tokens=self._settings.chunk_tokens,
            temperature=self._settings.temperature,
        )

    @property
    def waited_s(self) -> float:
        return self._workers.waited_s

    async def close(self) -> None:
        """Let the chunk in progress end. A cloned voice leaves the model to its owner."""
        if self._owner:
            await self._workers.close()


def _speakers(settings: XttsSettings, model: XttsModel) -> Mapping[Language, Speaker]:
    if settings.clone is not None:
        return dict.fromkeys(Language, _agreed(model, settings.clone))
    presets = load_presets(settings.presets or PRESETS)
    return {
        language: _preset(presets, settings.preset(language), language) for language in Language
    }


def _agreed(model: XttsModel, folder: Path) -> Speaker:
    """A person who agreed to be cloned; of one who did not, nothing is kept either."""
    try:
        speaker = load_clone(folder, datetime.now(UTC).date())
    except ConsentMissing:
        model.forget(digest((folder / SAMPLE_FILE,)))
        raise
    log.info("voice cloned with consent", voice="xtts", clone=speaker.name)
    return speaker


def _preset(presets: Mapping[str, Speaker], name: str, language: Language) -> Speaker:
    if name not in presets:
        raise ConfigError(
            f"voice xtts: no preset is called {name!r}; there are: {', '.join(sorted(presets))}"
        )
    if presets[name].language is not language:
        raise ConfigError(f"voice xtts: the preset {name} is not for {language}")
    return presets[name]
