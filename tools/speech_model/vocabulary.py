"""The tokenizer: byte-level pairs of the domain's text and Whisper's special tokens.

Knows text and ids; nothing of audio.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

PAIRS: Final = 700
_TIMESTAMPS: Final = 401
SPECIAL: Final = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|ar|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    *(f"<|{step * 0.02:.2f}|>" for step in range(_TIMESTAMPS)),
)


class Vocabulary:
    """A tokenizer and the ids that the decoder's prompt is made of."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.size = tokenizer.get_vocab_size()
        self.end = self.id("<|endoftext|>")
        self.start = self.id("<|startoftranscript|>")
        self.no_speech = self.id("<|nospeech|>")

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")))

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Vocabulary:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=PAIRS,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            min_frequency=2,
        )
        tokenizer.train_from_iterator((f" {text}" for text in texts), trainer)
        tokenizer.add_special_tokens(
            [AddedToken(token, special=True, normalized=False) for token in SPECIAL]
        )
        return cls(tokenizer)

    def id(self, token: str) -> int:
        found = self.tokenizer.token_to_id(token)
        if found is None:
            raise KeyError(token)
        return int(found)

    def prompt(self, language: str) -> list[int]:
        """What the decoder is given before the first word."""
        return [
            self.start,
            self.id(f"<|{language}|>"),
            self.id("<|transcribe|>"),
            self.id("<|notimestamps|>"),
        ]

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(f" {text}").ids)

    def decode(self, ids: list[int]) -> str:
        return str(self.tokenizer.decode(ids)).strip()
