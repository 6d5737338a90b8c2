"""Speech by Piper: a small neural voice for each language, on the processor, without a network.

Piper puts the short vowels into Arabic itself, with a model that its package brings. A clause is
synthesised as a whole. Knows nothing of calls or playout.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import numpy as np

from sipagent.config.voices import PiperSettings
from sipagent.engines.levels import trimmed
from sipagent.engines.tts_clauses import Run, Sound, finished, pace, placed, resampled, runs
from sipagent.engines.workers import Workers
from sipagent.errors import ModelMissing
from sipagent.ports import Speech
from sipagent.text.clauses import Clause, clauses
from sipagent.text.language import Language

FOLDER: Final = "piper"
_WORD: Final = re.compile(r"\w[^\s-]*")
_GAPS: Final = (" ", "$")  # between two words, and at the end of a sentence
_EDGES: Final = (" ", "^", "$")  # no sound of a word


class PiperVoice:
    """The port ``Voice`` by Piper. Raises ``ModelMissing`` for a voice that is not on disk."""

    def __init__(self, settings: PiperSettings | None = None) -> None:
        self._settings = settings or PiperSettings()
        models_dir = self._settings.models_dir or Path("models")
        paths = {
            language: find_voice(self._settings.voice(language), models_dir / FOLDER, language)
            for language in Language
        }
        self.model_files = tuple(paths.values())
        self._speakers = {
            language: _Speaker(path, self._settings, language) for language, path in paths.items()
        }
        self._workers = Workers("piper", self._settings.workers, self._settings.waiting)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "PiperVoice":
        return cls(PiperSettings.model_validate(settings))

    @property
    def name(self) -> str:
        return "piper"

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield clause by clause at ``rate_hz``; a cancelled caller loses at most one clause."""
        for clause in clauses(text, language):
            found = runs(clause, language)
            if not found:
                continue
            speech = await self._workers.run(
                partial(self._speak_clause, clause, found, language, rate_hz)
            )
            if speech.pcm:
                yield speech

    def _speak_clause(
        self, clause: Clause, found: Sequence[Run], language: Language, rate_hz: int
    ) -> Speech:
        sounds = []
        for run in found:
            speaker = self._speakers[run.language]
            sound = speaker.say(run, pace(clause.manner))
            sounds.append(resampled(sound, speaker.rate_hz, rate_hz))
        return finished(clause, language, sounds, rate_hz)

    @property
    def waited_s(self) -> float:
        return self._workers.waited_s

    async def close(self) -> None:
        await self._workers.close()


def find_voice(name_or_path: str, folder: Path, language: Language) -> Path:
    """The ``.onnx`` file of a voice: a path, or a name in ``folder`` or its ``en`` or ``ar``.

    Raises ``ModelMissing``, which says how to get it.
    """
    file = f"{name_or_path}.onnx"
    for path in (Path(name_or_path), folder / language.value / file, folder / file):
        if path.suffix == ".onnx" and path.is_file():
            if not _description(path).is_file():
                raise ModelMissing(f"{path} has no description beside it: {_description(path)}")
            return path
    raise ModelMissing(
        f"the Piper voice {name_or_path!r} is not in {folder}; on a machine with a network run: "
        f"python -m piper.download_voices --download-dir {folder} {name_or_path}"
    )


def _description(voice: Path) -> Path:
    return voice.with_name(f"{voice.name}.json")


class _Speaker:
    """One Piper voice as loaded. ``say`` may run on several threads at once."""

    def __init__(self, path: Path, settings: PiperSettings, language: Language) -> None:
        from piper import PiperConfig, PiperVoice, SynthesisConfig

        try:
            description = json.loads(_description(path).read_text(encoding="utf-8"))
            config = PiperConfig.from_dict(description)
            session = _session(path, settings.threads)
        except Exception as error:  # whatever the file holds, it is no voice
            raise ModelMissing(f"{path} does not load as a Piper voice: {error}") from None
        speaker = settings.speaker(language)
        if speaker is not None and speaker >= max(config.num_speakers, 1):
            raise ModelMissing(f"{path} has {config.num_speakers} speakers, and none {speaker}")
        self._voice: Any = PiperVoice(session=session, config=config)
        self._length = config.length_scale / settings.pace(language)
        self._manner = partial(
            SynthesisConfig,
            speaker_id=speaker,
            noise_scale=settings.variation,
            noise_w_scale=settings.rhythm_variation,
        )
        self.rate_hz = int(config.sample_rate)
        # Loads the library of phonemes, and for Arabic the model of vowels, before any call.
        self._voice.phonemize("مرحبا" if language is Language.AR else "hello")

    def say(self, run: Run, speed: float) -> Sound:
        """A run as sound at ``rate_hz``, silence around it cut off."""
        manner = self._manner(length_scale=self._length / speed)
        chunks = list(self._voice.synthesize(run.said, manner, include_alignments=True))
        if not chunks:
            return Sound(np.zeros(0, np.float32), ())
        raw = np.concatenate([chunk.audio_float_array for chunk in chunks])
        samples, cut = trimmed(raw.astype(np.float32, copy=False), self.rate_hz)
        if not len(samples):
            return Sound(samples, ())
        edges = _edges(run, chunks, len(raw))
        inside = edges and [min(max(edge - cut, 0), len(samples)) for edge in edges]
        return Sound(samples, placed(run, len(samples), inside))


def _edges(run: Run, chunks: Sequence[Any], samples: int) -> list[float] | None:
    """Where each unit begins and the last ends, or None where the voice tells no lengths.

    Phonemes carry no words, only the gaps between them, and some words run together ("of the").
    Where there are as many gaps as there must be they are the edges; else a unit's share of the
    letters gives a place, which moves to the nearest gap.
    """
    lengths: list[tuple[str, int]] = []
    for chunk in chunks:
        if chunk.phoneme_alignments is None:
            return None
        lengths += [(one.phoneme, int(one.num_samples)) for one in chunk.phoneme_alignments]
    ends = list(accumulate(length for _, length in lengths))
    gaps = _gaps([phoneme for phoneme, _ in lengths])
    words = list(accumulate(len(_WORD.findall(unit.said)) for unit in run.units))
    if len(gaps) + 1 == words[-1]:
        return [0.0, *(float(ends[gaps[count - 1]]) for count in words[:-1]), float(samples)]
    letters = list(accumulate(run.weights))
    edges = [0.0]
    for part in letters[:-1]:
        place = int(len(lengths) * part / letters[-1])
        nearest = min(gaps, key=lambda gap: abs(gap - place), default=place)
        if ends[nearest] <= edges[-1]:  # the word before has that gap: these two run together
            nearest = place
        edges.append(max(edges[-1], float(ends[nearest])))
    return [*edges, float(samples)]


def _gaps(phonemes: Sequence[str]) -> list[int]:
    """The positions between two words: a space, or where one sentence ends and another begins."""
    last = max((at for at, one in enumerate(phonemes) if one not in _EDGES), default=0)
    return [at for at, one in enumerate(phonemes[:last]) if one in _GAPS]


def _session(path: Path, threads: int) -> Any:
    """The model with so many threads, and with the lengths of its phonemes where it can be."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    model: str | bytes = str(path)
    with suppress(ImportError, ValueError):  # no onnx, or lengths are told already, or cannot be
        import onnx
        from piper.patch_voice_with_alignment import add_alignment_output

        graph = onnx.load(str(path))
        add_alignment_output(graph)
        model = graph.SerializeToString()
    return onnxruntime.InferenceSession(
        model, sess_options=options, providers=["CPUExecutionProvider"]
    )
