"""The network and how it hears: log-mel features of telephone audio, encoder, decoder, CTC head.

A Hugging Face Whisper, small and with an 8-second window, whose encoder also runs on shorter
input so that training does not pay for silence. Knows nothing of files or sentences.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from torch import Tensor, nn
from torch.nn import functional
from transformers import WhisperConfig, WhisperForConditionalGeneration

from tools.speech_model.vocabulary import Vocabulary

WINDOW_S: Final = 8
FRAME_RATE_HZ: Final = 100
MODEL_HZ: Final = 16000
MEL_BANDS: Final = 80
HOP: Final = MODEL_HZ // FRAME_RATE_HZ
N_FFT: Final = 400
WIDTH: Final = 192
LONGEST_TEXT: Final = 96


def feature_extractor() -> FeatureExtractor:
    """faster-whisper's own, set to this model's window."""
    return FeatureExtractor(
        feature_size=MEL_BANDS,
        sampling_rate=MODEL_HZ,
        hop_length=HOP,
        chunk_length=WINDOW_S,
        n_fft=N_FFT,
    )


class Ear(nn.Module):
    """Batched features of 8 kHz audio, equal to faster-whisper's of the same audio at 16 kHz.

    Telephone audio has nothing above 4 kHz, so a transform half as long at half the rate gives
    the lower half of the spectrum, and the upper half is the floor.
    """

    filters: Tensor
    window: Tensor
    half_window: Tensor

    def __init__(self) -> None:
        super().__init__()
        filters = np.asarray(feature_extractor().mel_filters, dtype=np.float32)
        self.register_buffer("filters", torch.from_numpy(filters))
        self.register_buffer("window", torch.hann_window(N_FFT))
        self.register_buffer("half_window", torch.hann_window(N_FFT // 2))

    def forward(self, audio: Tensor, sharp: bool = True) -> Tensor:
        """float32 [calls, samples] -> float32 [calls, 80, frames].

        Without `sharp` the audio is resampled by straight lines, which leaves images above 4 kHz.
        """
        if sharp:
            power = _power(audio, N_FFT // 2, HOP // 2, self.half_window) * 4
            mel = self.filters[:, : N_FFT // 4 + 1] @ power
        else:
            wide = functional.interpolate(audio[:, None], scale_factor=2, mode="linear")[:, 0]
            mel = self.filters @ _power(wide, N_FFT, HOP, self.window)
        log = torch.clamp(mel, min=1e-10).log10()
        log = torch.maximum(log, log.amax(dim=(1, 2), keepdim=True) - 8)
        return (log + 4) / 4


def _power(audio: Tensor, n_fft: int, hop: int, window: Tensor) -> Tensor:
    spectrum = torch.stft(audio, n_fft, hop, window=window, return_complex=True)[..., :-1]
    return spectrum.real.square() + spectrum.imag.square()


def new_whisper(vocabulary: Vocabulary) -> WhisperForConditionalGeneration:
    config = WhisperConfig(
        vocab_size=vocabulary.size,
        num_mel_bins=MEL_BANDS,
        d_model=WIDTH,
        encoder_layers=4,
        encoder_attention_heads=4,
        decoder_layers=2,
        decoder_attention_heads=4,
        encoder_ffn_dim=768,
        decoder_ffn_dim=768,
        max_source_positions=WINDOW_S * FRAME_RATE_HZ // 2,
        max_target_positions=LONGEST_TEXT,
        pad_token_id=vocabulary.end,
        bos_token_id=vocabulary.end,
        eos_token_id=vocabulary.end,
        decoder_start_token_id=vocabulary.start,
        dropout=0.0,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    whisper = WhisperForConditionalGeneration(config)
    whisper.set_attn_implementation("eager")  # on a CPU its backward pass is the faster one
    return whisper


class Recogniser(nn.Module):
    """The Whisper that is shipped and the CTC head that only training has."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.whisper = new_whisper(vocabulary)
        self.ctc = nn.Linear(WIDTH, vocabulary.end + 1)
        self.blank = vocabulary.end

    def encode(self, features: Tensor) -> Tensor:
        """[calls, 80, frames] of any length up to the window -> [calls, frames / 2, width]."""
        encoder = self.whisper.model.encoder
        hidden = functional.gelu(encoder.conv1(features))
        hidden = functional.gelu(encoder.conv2(hidden)).permute(0, 2, 1)
        hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in encoder.layers:
            out = layer(hidden, None)
            hidden = out[0] if isinstance(out, tuple) else out
        result: Tensor = encoder.layer_norm(hidden)
        return result

    def decode(self, tokens: Tensor, heard: Tensor) -> Tensor:
        """Token ids [rows, length] and what the encoder heard -> logits."""
        decoder = self.whisper.model.decoder
        hidden = decoder(input_ids=tokens, encoder_hidden_states=heard, use_cache=False)
        logits: Tensor = self.whisper.proj_out(hidden.last_hidden_state)
        return logits
