"""XTTS v2 as coqui-tts runs it: text in, sound out while it is made; a speaker as latents.

Its methods block and belong to one thread, since the model keeps the words of one utterance at a
time. Knows nothing of calls, clauses or consent.
"""

import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.speakers import LONGEST_S, SHORTEST_S, Speaker, recording
from sipagent.errors import ExtraMissing, ModelMissing
from sipagent.text.language import Language

PARTS: Final = ("config.json", "model.pth", "vocab.json")
SPEAKERS_FOLDER: Final = "xtts-speakers"
_LATENTS: Final = ("gpt", "speaker")
_OWN_SEED: Final = -1  # else coqui-tts also sets the seed of Python's and NumPy's random numbers

Samples = NDArray[np.float32]


def find_model(name_or_path: str, models_dir: Path) -> Path:
    """The folder of a model. Raises ``ModelMissing``, which says how to get it."""
    for folder in (Path(name_or_path), models_dir / name_or_path):
        if folder.is_dir():
            missing = [part for part in PARTS if not (folder / part).is_file()]
            if missing:
                raise ModelMissing(f"{folder} is not a whole model: {', '.join(missing)} missing")
            return folder
    raise ModelMissing(
        f"the XTTS model {name_or_path!r} is not in {models_dir}; read its licence (docs/voices.md)"
        f" and, on a machine with a network, run: hf download coqui/XTTS-v2 --local-dir "
        f"{models_dir / name_or_path}"
    )


class XttsModel:
    """A loaded model. Raises ``ModelMissing``, and ``ImportError`` without coqui-tts."""

    def __init__(self, folder: Path, device: str, threads: int, cache_dir: Path) -> None:
        self._torch, config_kind, model_kind = packages()
        if device == "auto":
            device = "cuda" if self._torch.cuda.is_available() else "cpu"
        self._threads = threads if device == "cpu" else 1
        self._torch.set_num_threads(self._threads)
        try:
            config = config_kind()
            config.load_json(str(folder / "config.json"))
            self._model: Any = model_kind(config)
            self._model.load_checkpoint(config, checkpoint_dir=str(folder))
            self._model.to(device)
        except Exception as error:  # whatever the files hold, they are no model
            raise ModelMissing(f"{folder} does not load on {device}: {error}") from None
        self._config = config
        self._cache_dir = cache_dir
        self._identity = _identity(folder)
        self.rate_hz = int(config.model_args.output_sample_rate)
        self.languages = frozenset(str(language) for language in config.languages)

    def latents(self, speaker: Speaker) -> Any:
        """What the model must know of a speaker; kept on disk by the content of the recordings.

        Raises ``ModelMissing``.
        """
        if speaker.own:
            return self._own(speaker.own)
        file = self._file(speaker.digest)
        kept = _read(file)
        if kept is None:
            kept = self._heard(speaker.samples)
            _write(file, kept)
        device = self._model.device
        return tuple(self._torch.from_numpy(array).to(device) for array in kept)

    def forget(self, digest: str) -> None:
        """Keep nothing of the recordings of that content."""
        self._file(digest).unlink(missing_ok=True)

    def stream(
        self,
        text: str,
        language: Language,
        latents: Any,
        *,
        speed: float,
        chunk_tokens: int,
        temperature: float,
    ) -> Iterator[Samples]:
        """float32 mono at ``rate_hz``, a chunk as soon as so many tokens of it are made.

        The same words always sound the same. Leaving the iterator stops the work.
        """
        torch = self._torch
        torch.set_num_threads(self._threads)
        torch.manual_seed(zlib.crc32(f"{language} {text}".encode()))
        chunks = self._model.inference_stream(
            text,
            language.value,
            *latents,
            stream_chunk_size=chunk_tokens,
            temperature=temperature,
            speed=speed,
            seed=_OWN_SEED,
        )
        try:
            for chunk in chunks:
                yield np.asarray(chunk.detach().float().cpu().numpy(), np.float32)
        finally:
            chunks.close()

    def _own(self, name: str) -> Any:
        manager = self._model.speaker_manager
        known = {} if manager is None else manager.speakers
        if name not in known:
            raise ModelMissing(
                f"the model has no speaker {name!r}"
                + (f"; it has {', '.join(sorted(known))}" if known else ": speakers_xtts.pth lacks")
            )
        found = known[name]
        return found["gpt_cond_latent"], found["speaker_embedding"]

    def _heard(self, samples: Sequence[Path]) -> tuple[Samples, Samples]:
        """Listen to recordings of one person, as the model's own code does with files."""
        torch, config = self._torch, self._config
        heard = [recording(path) for path in samples]
        seconds = sum(len(sound) / rate_hz for sound, rate_hz in heard)
        if not SHORTEST_S <= seconds <= LONGEST_S:
            raise ModelMissing(
                f"{samples[0]}: {seconds:.1f} s of speech; "
                f"a voice takes {SHORTEST_S:g} s to {LONGEST_S:g} s, best about 13 s"
            )
        rate_hz = heard[0][1]
        if any(other_hz != rate_hz for _, other_hz in heard):
            raise ModelMissing(f"{samples[0]} and the others differ in their sample rate")
        sounds = [torch.from_numpy(sound)[None].to(self._model.device) for sound, _ in heard]
        embeddings = [self._model.get_speaker_embedding(sound, rate_hz) for sound in sounds]
        gpt = self._model.get_gpt_cond_latents(
            torch.cat(sounds, dim=-1),
            rate_hz,
            length=config.gpt_cond_len,
            chunk_length=config.gpt_cond_chunk_len,
        )
        embedding = torch.stack(embeddings).mean(dim=0)
        return gpt.float().cpu().numpy(), embedding.float().cpu().numpy()

    def _file(self, digest: str) -> Path:
        name = hashlib.sha256(f"{digest} {self._identity}".encode()).hexdigest()
        return self._cache_dir / f"{name}.npz"


def packages() -> tuple[Any, Any, Any]:
    """``torch`` and coqui-tts's two classes, which take seconds to import.

    Raises ``ImportError`` and ``ExtraMissing``.
    """
    try:
        import torch
        from TTS.tts.configs.xtts_config import XttsConfig
        from TTS.tts.models.xtts import Xtts
    except ImportError as error:  # coqui-tts itself raises one without a name where torch lacks
        raise ImportError(str(error), name=error.name or "torch") from None
    except OSError as error:
        first = str(error).partition("\n")[0]
        raise ExtraMissing(
            f"the voice xtts: torchaudio does not fit this torch ({first}); see deploy/xtts"
        ) from None
    return torch, XttsConfig, Xtts


def _identity(folder: Path) -> str:
    """Tells two models apart without reading 2 GB: the description, and the weights' size."""
    described = (folder / "config.json").read_bytes()
    weights = (folder / "model.pth").stat().st_size
    return f"{hashlib.sha256(described).hexdigest()} {weights}"


def _read(file: Path) -> tuple[Samples, Samples] | None:
    """Latents that were kept, or None where there are none that can be read."""
    with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile), np.load(file) as kept:
        gpt, speaker = (np.asarray(kept[name], np.float32) for name in _LATENTS)
        return gpt, speaker
    return None


def _write(file: Path, latents: tuple[Samples, Samples]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as opened:
        np.savez(opened, allow_pickle=False, gpt=latents[0], speaker=latents[1])
    unfinished.replace(file)
