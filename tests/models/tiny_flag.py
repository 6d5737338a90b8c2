"""bge-m3 and bge-reranker-v2-m3 with random weights, small, as the files that the real ones have.

The real code loads and runs them; what comes out means nothing. Their vocabulary is the letters
of both languages and a few words, and they have positions for ``LONGEST`` tokens.
"""

from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
    XLMRobertaModel,
)

WIDTH: Final = 32
LONGEST: Final = 64
_START, _PAD, _END, _UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
_LETTERS: Final = "▁abcdefghijklmnopqrstuvwxyz0123456789.,?" + "".join(
    map(chr, range(0x621, 0x64B))
)
_WORDS: Final = ("▁bill", "▁pay", "▁فاتورة")
_VOCABULARY: Final = (
    *((mark, 0.0) for mark in (_START, _PAD, _END, _UNKNOWN)),
    *((letter, -4.0) for letter in _LETTERS),
    *((word, -1.0) for word in _WORDS),
)


def make_embedder(folder: Path, seed: int = 7) -> None:
    """Write a whole model of bge-m3's kind."""
    torch.manual_seed(seed)
    _write(folder, XLMRobertaModel(_config()))
    torch.save(torch.nn.Linear(WIDTH, WIDTH).state_dict(), folder / "colbert_linear.pt")
    torch.save(torch.nn.Linear(WIDTH, 1).state_dict(), folder / "sparse_linear.pt")


def make_reranker(folder: Path, answers: int = 1, seed: int = 7) -> None:
    """Write a whole model of bge-reranker-v2-m3's kind."""
    torch.manual_seed(seed)
    _write(folder, XLMRobertaForSequenceClassification(_config(answers)))


def token(text: str) -> int:
    """The place of a token in the vocabulary."""
    return [known for known, _ in _VOCABULARY].index(text)


def _config(answers: int = 1) -> Any:
    return XLMRobertaConfig(
        vocab_size=len(_VOCABULARY),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=LONGEST + 2,
        type_vocab_size=1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        num_labels=answers,
        initializer_range=0.3,  # enough for one text to come out unlike another
    )


def _write(folder: Path, model: Any) -> None:
    """The model beside its tokenizer, which is cut and marked as XLM-RoBERTa's is."""
    tokenizer = Tokenizer(models.Unigram(list(_VOCABULARY), unk_id=3))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{_START} $A {_END}",
        pair=f"{_START} $A {_END} {_END} $B {_END}",
        special_tokens=[(_START, 0), (_END, 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=_START,
        cls_token=_START,
        eos_token=_END,
        sep_token=_END,
        pad_token=_PAD,
        unk_token=_UNKNOWN,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(str(folder))
    model.save_pretrained(str(folder))
