"""Read a CTranslate2 Whisper of this project's shape back into PyTorch, to train it on.

The reverse of the converter for int8 and float32 variables (binary version 6). Knows nothing else.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import WhisperForConditionalGeneration

_DTYPES: Final = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
Weights = dict[str, NDArray[np.float32]]


def _number(file: BinaryIO, code: str) -> int:
    return int(struct.unpack(f"<{code}", file.read(struct.calcsize(code)))[0])


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode()


def read_weights(path: Path) -> Weights:
    """Variables by name, int8 rows multiplied out by their scales."""
    raw: dict[str, NDArray[np.generic]] = {}
    with path.open("rb") as file:
        _number(file, "I"), _string(file), _number(file, "I")
        for _ in range(_number(file, "I")):
            name = _string(file)
            shape = [_number(file, "I") for _ in range(_number(file, "B"))]
            dtype = _DTYPES[_number(file, "B")]
            data = file.read(_number(file, "I"))
            raw[name] = np.frombuffer(data, dtype=dtype).reshape(shape)
    found: Weights = {}
    for name, value in raw.items():
        if value.ndim == 0 or name.endswith("_scale"):
            continue
        weight = value.astype(np.float32)
        scale = raw.get(f"{name}_scale")
        if scale is not None:
            weight = weight / scale.astype(np.float32).reshape(-1, *[1] * (weight.ndim - 1))
        found[name] = weight
    return found


def _norm(weights: Weights, name: str, to: str) -> Weights:
    return {f"{to}.weight": weights[f"{name}/gamma"], f"{to}.bias": weights[f"{name}/beta"]}


def _linear(weights: Weights, name: str, *to: str) -> Weights:
    """One stored matrix, cut in equal parts for its projections; keys have no bias."""
    matrices = np.split(weights[f"{name}/weight"], len(to))
    biases = np.split(weights[f"{name}/bias"], len(to))
    found: Weights = {}
    for target, matrix, bias in zip(to, matrices, biases, strict=True):
        found[f"{target}.weight"] = matrix
        if not target.endswith("k_proj"):
            found[f"{target}.bias"] = bias
    return found


def _layer(weights: Weights, name: str, to: str) -> Weights:
    own, ffn = f"{to}.self_attn", f"{name}/ffn"
    found = {
        **_norm(weights, f"{name}/self_attention/layer_norm", f"{to}.self_attn_layer_norm"),
        **_linear(
            weights,
            f"{name}/self_attention/linear_0",
            f"{own}.q_proj",
            f"{own}.k_proj",
            f"{own}.v_proj",
        ),
        **_linear(weights, f"{name}/self_attention/linear_1", f"{own}.out_proj"),
        **_norm(weights, f"{ffn}/layer_norm", f"{to}.final_layer_norm"),
        **_linear(weights, f"{ffn}/linear_0", f"{to}.fc1"),
        **_linear(weights, f"{ffn}/linear_1", f"{to}.fc2"),
    }
    cross, other = f"{name}/attention", f"{to}.encoder_attn"
    if f"{cross}/linear_0/weight" in weights:
        found |= _norm(weights, f"{cross}/layer_norm", f"{to}.encoder_attn_layer_norm")
        found |= _linear(weights, f"{cross}/linear_0", f"{other}.q_proj")
        found |= _linear(weights, f"{cross}/linear_1", f"{other}.k_proj", f"{other}.v_proj")
        found |= _linear(weights, f"{cross}/linear_2", f"{other}.out_proj")
    return found


def load_into(whisper: WhisperForConditionalGeneration, folder: Path) -> None:
    """Replace all of the network's weights by those in `folder`/model.bin."""
    weights = read_weights(folder / "model.bin")
    state: Weights = {
        "decoder.embed_tokens.weight": weights["decoder/embeddings/weight"],
        "decoder.embed_positions.weight": weights["decoder/position_encodings/encodings"],
        "encoder.embed_positions.weight": weights["encoder/position_encodings/encodings"],
        **_norm(weights, "decoder/layer_norm", "decoder.layer_norm"),
        **_norm(weights, "encoder/layer_norm", "encoder.layer_norm"),
    }
    for conv in ("conv1", "conv2"):
        state[f"encoder.{conv}.weight"] = weights[f"encoder/{conv}/weight"]
        state[f"encoder.{conv}.bias"] = weights[f"encoder/{conv}/bias"]
    for side, layers in (
        ("encoder", whisper.config.encoder_layers),
        ("decoder", whisper.config.decoder_layers),
    ):
        for number in range(layers):
            state |= _layer(weights, f"{side}/layer_{number}", f"{side}.layers.{number}")
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
    whisper.model.load_state_dict(tensors, strict=True)
    whisper.tie_weights()
