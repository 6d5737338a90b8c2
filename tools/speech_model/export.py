"""Write a training checkpoint as the CTranslate2 int8 folder that the package ships.

    python -m tools.speech_model.export WORK OUT

Knows formats only; whether the model is good is evaluate's business.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

import torch
from ctranslate2.converters import TransformersConverter
from transformers import PreTrainedTokenizerFast

from tools.speech_model import network
from tools.speech_model.network import Recogniser
from tools.speech_model.train import CHECKPOINT
from tools.speech_model.vocabulary import Vocabulary

END: Final = "<|endoftext|>"
COPIED: Final = ("tokenizer.json", "preprocessor_config.json")


def load(work: Path, vocabulary: Vocabulary) -> Recogniser:
    recogniser = Recogniser(vocabulary)
    saved = torch.load(work / CHECKPOINT, weights_only=True)
    recogniser.load_state_dict(saved["model"])
    return recogniser


def write_transformers(recogniser: Recogniser, vocabulary: Vocabulary, folder: Path) -> None:
    """The intermediate Hugging Face folder that the converter reads."""
    whisper = recogniser.whisper
    for name, value in (
        ("lang_to_id", {token: vocabulary.id(token) for token in ("<|en|>", "<|ar|>")}),
        (
            "task_to_id",
            {task: vocabulary.id(f"<|{task}|>") for task in ("transcribe", "translate")},
        ),
        ("no_timestamps_token_id", vocabulary.id("<|notimestamps|>")),
        ("is_multilingual", True),
        ("suppress_tokens", []),
        ("begin_suppress_tokens", [vocabulary.end]),
        ("alignment_heads", [[1, head] for head in range(4)]),
        ("max_length", network.LONGEST_TEXT),
    ):
        setattr(whisper.generation_config, name, value)
    whisper.config.suppress_tokens = []
    whisper.config.begin_suppress_tokens = [vocabulary.end]
    whisper.save_pretrained(folder)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=vocabulary.tokenizer,
        bos_token=END,
        eos_token=END,
        unk_token=END,
        pad_token=END,
    ).save_pretrained(folder)
    described = {
        "feature_size": network.MEL_BANDS,
        "sampling_rate": network.MODEL_HZ,
        "hop_length": network.HOP,
        "chunk_length": network.WINDOW_S,
        "n_fft": network.N_FFT,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "hears_shorter": True,  # trained on speech of any length up to the window
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(described), encoding="utf-8")


def convert(folder: Path, out: Path, vocabulary: Vocabulary) -> None:
    """To int8; the converter leaves `lang_ids` empty for a small vocabulary, so they are set."""
    converter = TransformersConverter(str(folder), copy_files=list(COPIED))
    converter.convert(str(out), quantization="int8", force=True)
    vocabulary.tokenizer.save(str(out / "tokenizer.json"))
    path = out / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["lang_ids"] = [vocabulary.id("<|en|>"), vocabulary.id("<|ar|>")]
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    vocabulary = Vocabulary.load(options.work)
    if options.out.exists():
        shutil.rmtree(options.out)
    with tempfile.TemporaryDirectory() as folder:
        write_transformers(load(options.work, vocabulary), vocabulary, Path(folder))
        convert(Path(folder), options.out, vocabulary)
    for path in sorted(options.out.iterdir()):
        print(f"{path.name} {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
