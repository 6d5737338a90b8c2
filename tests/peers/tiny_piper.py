"""A Piper voice of random weights: a small graph with the inputs and outputs of the real ones.

Each phoneme lasts some frames and sounds as its own random mixture of tones, so that what comes
out has words, pauses and a length that follows the text. It is no speech.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sipagent.text.language import Language

RATE_HZ: Final = 22050
HOP: Final = 256
SYMBOLS: Final = 200
_SILENT: Final = ("_", "^", "$", " ", ".", ",", "?", "!", ";", ":")


def make_voices(
    models_dir: Path, *, alignable: bool = True, speakers: int = 1
) -> dict[str, object]:
    """A voice of each language in ``models_dir``; the settings of an engine that speaks with them.

    ``alignable`` is whether the graph can tell how long each phoneme lasts.
    """
    folder = models_dir / "piper"
    folder.mkdir(parents=True, exist_ok=True)
    for language in Language:
        make_voice(folder / f"tiny-{language.value}.onnx", language, alignable, speakers)
    return {"english": "tiny-en", "arabic": "tiny-ar", "models_dir": str(models_dir)}


def make_voice(path: Path, language: Language, alignable: bool = True, speakers: int = 1) -> None:
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    ids = {phoneme: list(found) for phoneme, found in DEFAULT_PHONEME_ID_MAP.items()}
    description = {
        "audio": {"sample_rate": RATE_HZ, "quality": "tiny"},
        "espeak": {"voice": "ar" if language is Language.AR else "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": ids,
        "num_symbols": SYMBOLS,
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker {number}": number for number in range(speakers)},
        "hop_length": HOP,
    }
    described = path.with_name(f"{path.name}.json")
    described.write_text(json.dumps(description), encoding="utf-8")
    silent = [number for phoneme in _SILENT for number in ids[phoneme]]
    onnx.save(_graph(silent, alignable, speakers, seed=len(language.name)), str(path))


def _graph(silent: list[int], alignable: bool, speakers: int, seed: int) -> onnx.ModelProto:
    """``input [1, phonemes]``, ``input_lengths``, ``scales [3]`` and ``sid`` to ``output``.

    A phoneme has ``ceil(weight * length scale)`` frames; ``Ceil`` is what Piper's tool looks for
    when it makes the lengths an output, so a graph without it cannot tell them.
    """
    random = np.random.default_rng(seed)
    frames = random.uniform(3.0, 6.0, SYMBOLS).astype(np.float32)
    frames[silent] = 0.9
    constants = {
        "frames": frames,
        "sound": _tones(random, silent),
        "loudness": np.linspace(1.0, 0.7, max(speakers, 1)).astype(np.float32),
        "one": np.array(1, np.int64),
        "zero": np.array(0, np.int64),
        "length": np.array([1], np.int64),
        "row": np.array([-1], np.int64),
        "column": np.array([-1, 1], np.int64),
        "wave": np.array([1, 1, 1, -1], np.int64),
        "axis": np.array([1], np.int64),
        "half": np.array(0.4999, np.float32),
    }
    rounding = (
        [helper.make_node("Ceil", ["scaled"], ["w_ceil"])]
        if alignable
        else [
            helper.make_node("Add", ["scaled", "half"], ["raised"]),
            helper.make_node("Round", ["raised"], ["w_ceil"]),
        ]
    )
    nodes = [
        helper.make_node("Reshape", ["input", "row"], ["phonemes"]),
        helper.make_node("Gather", ["frames", "phonemes"], ["own"]),
        helper.make_node("Gather", ["scales", "length"], ["length_scale"]),
        helper.make_node("Mul", ["own", "length_scale"], ["scaled"]),
        *rounding,
        helper.make_node("CumSum", ["w_ceil", "zero"], ["ends"]),
        helper.make_node("ReduceSum", ["w_ceil"], ["all"], keepdims=0),
        helper.make_node("Cast", ["all"], ["count"], to=TensorProto.INT64),
        helper.make_node("Range", ["zero", "count", "one"], ["frame"]),
        helper.make_node("Cast", ["frame"], ["frame_f"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["frame_f", "column"], ["frame_c"]),
        helper.make_node("LessOrEqual", ["ends", "frame_c"], ["past"]),
        helper.make_node("Cast", ["past"], ["past_n"], to=TensorProto.INT64),
        helper.make_node("ReduceSum", ["past_n", "axis"], ["place"], keepdims=0),
        helper.make_node("Gather", ["phonemes", "place"], ["spread"]),
        helper.make_node("Gather", ["sound", "spread"], ["tones"]),
        *_louder(speakers),
        helper.make_node("Reshape", ["heard", "wave"], ["output"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "samples"])
    used = {name for node in nodes for name in node.input}
    weights = [_constant(name, one) for name, one in constants.items() if name in used]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _louder(speakers: int) -> list[Any]:
    if speakers <= 1:
        return [helper.make_node("Identity", ["tones"], ["heard"])]
    return [
        helper.make_node("Gather", ["loudness", "sid"], ["own_loudness"]),
        helper.make_node("Mul", ["tones", "own_loudness"], ["heard"]),
    ]


def _tones(random: np.random.Generator, silent: list[int]) -> np.ndarray[Any, Any]:
    """A frame of sound for each phoneme ``[symbols, hop]``: whole periods, so that frames join."""
    at = 2 * np.pi * np.arange(HOP) / HOP
    weights = random.standard_normal((SYMBOLS, 24)) / np.arange(1, 25)
    phases = random.uniform(0, 2 * np.pi, (SYMBOLS, 24, 1))
    waves = np.sin(np.arange(1, 25)[None, :, None] * at[None, None, :] + phases)
    sound = np.einsum("sk,skh->sh", weights, waves)
    sound /= np.sqrt(np.mean(sound**2, axis=1, keepdims=True)) * 8
    sound[silent] = 0.0
    return np.asarray(sound, np.float32)


def _constant(name: str, array: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(array), name)
