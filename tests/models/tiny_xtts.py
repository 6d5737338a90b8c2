"""XTTS v2 with random weights, small, as the files that the real one has.

The real code loads and runs it; what comes out is noise. Its vocabulary is the letters of both
languages, its voice ends after at most ``AUDIO_TOKENS`` tokens.
"""

import hashlib
import wave
from pathlib import Path
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer, models
from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
from TTS.tts.models.xtts import Xtts

WIDTH: Final = 32
AUDIO_TOKENS: Final = 13  # 46 ms each, and the model keeps three for itself
CODES: Final = 64
_MARKS: Final = ("[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]", "[ar]")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789'.,!?-،؛؟" + "".join(
    map(chr, range(0x621, 0x653))
)


def make_model(folder: Path, *speakers: str) -> None:
    """Write ``config.json``, ``model.pth``, ``vocab.json`` and the named speakers' latents."""
    folder.mkdir(parents=True)
    vocabulary = {token: at for at, token in enumerate((*_MARKS, *_LETTERS))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.add_special_tokens(list(_MARKS))
    tokenizer.save(str(folder / "vocab.json"))
    config = XttsConfig(
        model_args=XttsArgs(
            gpt_layers=2,
            gpt_n_model_channels=WIDTH,
            gpt_n_heads=4,
            gpt_max_audio_tokens=AUDIO_TOKENS,
            gpt_num_audio_tokens=CODES + 2,
            gpt_start_audio_token=CODES,
            gpt_stop_audio_token=CODES + 1,
            gpt_number_text_tokens=len(vocabulary),
            gpt_start_text_token=vocabulary["[START]"],
            gpt_stop_text_token=vocabulary["[STOP]"],
            gpt_use_perceiver_resampler=True,
            decoder_input_dim=WIDTH,
        ),
        languages=["en", "ar"],
    )
    torch.manual_seed(7)
    model = Xtts(config)
    with torch.no_grad():
        # Random weights would end anywhere; this way a clause has some length of its own.
        model.gpt.mel_head.bias[CODES + 1] = -1.0
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    config.save_json(str(folder / "config.json"))
    latents = {
        name: {
            "gpt_cond_latent": torch.randn(1, 32, WIDTH) * 0.1,
            "speaker_embedding": torch.nn.functional.normalize(torch.randn(1, 512, 1), dim=1),
        }
        for name in speakers
    }
    torch.save(latents, folder / "speakers_xtts.pth")


def make_sample(path: Path, seconds: float, rate_hz: int = 24000, level: float = 0.1) -> str:
    """A WAV file of tones that come and go like syllables; its hash."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    voice = sum(np.sin(2 * np.pi * 140 * harmonic * at) / harmonic for harmonic in range(1, 9))
    sound = voice * level * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return hashlib.sha256(path.read_bytes()).hexdigest()
