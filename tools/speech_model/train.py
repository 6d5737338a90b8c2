"""Train the speech model on shards of synthetic speech; stop it at any time and go on later.

    python -m tools.speech_model.train SHARDS WORK --steps 8000 [--init MODEL]

Writes WORK/checkpoint.pt and WORK/train.pid. Without --init it starts from nothing and learns its
own tokenizer. Knows nothing of CTranslate2 beyond reading --init.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from tools.speech_model import corpus, shards, warm_start
from tools.speech_model.batches import IGNORED, Batch, Batcher
from tools.speech_model.network import Ear, Recogniser
from tools.speech_model.vocabulary import Vocabulary

CHECKPOINT: Final = "checkpoint.pt"
WARM_UP: Final = 200
SMOOTHING: Final = 0.05
CONTRAST_SURE: Final = 0.1
CONTRAST_WEIGHT: Final = 0.15
PLAIN_RESAMPLING_SHARE: Final = 0.1
LOG_EVERY: Final = 100
SAVE_EVERY: Final = 200
RESCAN_EVERY: Final = 4000


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn: warm up, hold, and cool down to nothing at the end."""

    steps: int
    cool_down: int
    rate: float

    def rate_at(self, step: int) -> float:
        left = (self.steps - step) / max(1, self.cool_down)
        return self.rate * min(1.0, (step + 1) / WARM_UP, max(0.01, left))


@dataclass(frozen=True, slots=True)
class Losses:
    words: Tensor
    ctc: Tensor
    contrast: Tensor


def losses(model: Recogniser, ear: Ear, batch: Batch, sharp: bool) -> Losses:
    with torch.no_grad():
        features = masked(ear(batch.audio, sharp))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        heard = model.encode(features)
        logits = model.decode(batch.tokens, heard[batch.listens_to])
    log_probabilities = logits.float().log_softmax(-1)
    right, wrong = batch.contrast_from, log_probabilities[batch.contrast_from :]
    words = functional.nll_loss(
        log_probabilities[:right].flatten(0, 1),
        batch.labels[:right].flatten(),
        ignore_index=IGNORED,
    )
    kept = batch.labels[:right] != IGNORED
    words = (1 - SMOOTHING) * words - SMOOTHING * log_probabilities[:right][kept].mean()
    contrast = unsure(wrong, batch.labels[right:]) if len(wrong) else words.new_zeros(())
    return Losses(words, ctc_loss(model, heard, batch), contrast)


def unsure(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """Distance from a distribution that gives the label a tenth and all the rest alike."""
    asked = labels != IGNORED
    chosen = log_probabilities[asked]
    of_label = chosen.gather(1, labels[asked][:, None])
    return -(CONTRAST_SURE * of_label.mean() + (1 - CONTRAST_SURE) * chosen.mean())


def ctc_loss(model: Recogniser, heard: Tensor, batch: Batch) -> Tensor:
    """The encoder alone must know the tokens: this is what makes the decoder listen."""
    probabilities = model.ctc(heard.float()).log_softmax(-1).permute(1, 0, 2)
    return functional.ctc_loss(
        probabilities,
        torch.tensor([token for text in batch.texts for token in text]),
        torch.full((len(batch.texts),), heard.shape[1]),
        torch.tensor([len(text) for text in batch.texts]),
        blank=model.blank,
        zero_infinity=True,
    )


def masked(features: Tensor) -> Tensor:
    """SpecAugment: some calls lose a band of frequencies, some a few frames."""
    calls, bands, frames = features.shape
    floors = features.amin(dim=(1, 2))
    for call in range(calls):
        floor = floors[call]
        if torch.rand(()) < 0.25:
            width = int(torch.randint(1, 8, ()))
            start = int(torch.randint(0, bands // 2, ()))
            features[call, start : start + width] = floor
        if torch.rand(()) < 0.15:
            width = int(torch.randint(1, 8, ()))
            start = int(torch.randint(0, frames - width, ()))
            features[call, :, start : start + width] = floor
    return features


def optimisers(model: Recogniser, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for all else, at one learning rate."""
    matrices: list[torch.nn.Parameter] = []
    others: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        inside_layer = ".layers." in name and parameter.ndim == 2
        (matrices if inside_layer else others).append(parameter)
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True),
    ]


class Training:
    """A network, its optimisers and the step they have come to."""

    def __init__(self, work: Path, vocabulary: Vocabulary, plan: Plan) -> None:
        self.model = Recogniser(vocabulary)
        self.ear = Ear()
        self._optimisers = optimisers(self.model, plan.rate)
        self.step = 0
        self._work, self._plan = work, plan

    def resume(self) -> None:
        saved = torch.load(self._work / CHECKPOINT, weights_only=True)
        self.model.load_state_dict(saved["model"])
        for optimiser, state in zip(self._optimisers, saved["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        self.step = saved["step"]

    def save(self) -> None:
        state: Mapping[str, object] = {
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self._optimisers],
            "step": self.step,
        }
        partial = self._work / f"{CHECKPOINT}.partial"
        torch.save(state, partial)
        partial.rename(self._work / CHECKPOINT)

    def learn(self, batch: Batch) -> Losses:
        sharp = bool(torch.rand(()) >= PLAIN_RESAMPLING_SHARE)
        found = losses(self.model, self.ear, batch, sharp)
        ctc_weight = 0.7 if self.step < self._plan.steps - self._plan.cool_down else 0.3
        total = found.words + ctc_weight * found.ctc + CONTRAST_WEIGHT * found.contrast
        self.model.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self._optimisers:
            for group in optimiser.param_groups:
                group["lr"] = self._plan.rate_at(self.step)
            optimiser.step()
        self.step += 1
        return found


def read_pool(folder: Path) -> list[shards.Utterance]:
    held_out = corpus.held_out_sentences()
    pool = [u for path in sorted(folder.glob("*.npz")) for u in shards.read_shard(path)]
    return [utterance for utterance in pool if utterance.text not in held_out]


def prepare_vocabulary(work: Path, init: Path | None, folder: Path) -> Vocabulary:
    if not (work / "tokenizer.json").exists():
        if init is not None:
            shutil.copy(init / "tokenizer.json", work / "tokenizer.json")
        else:
            learned = Vocabulary.learn(utterance.text for utterance in read_pool(folder))
            learned.tokenizer.save(str(work / "tokenizer.json"))
    return Vocabulary.load(work)


def run(
    training: Training, plan: Plan, folder: Path, seconds: float, vocabulary: Vocabulary
) -> None:
    training.model.train()
    batcher: Batcher | None = None
    sums, started, since = torch.zeros(3), time.monotonic(), training.step
    while training.step < plan.steps:
        if batcher is None or training.step % RESCAN_EVERY == 0:
            batcher = Batcher(read_pool(folder), vocabulary, seconds, seed=training.step)
        found = training.learn(batcher.draw())
        sums += torch.stack([found.words, found.ctc, found.contrast]).detach()
        if training.step % LOG_EVERY == 0:
            pace = (time.monotonic() - started) / (training.step - since)
            words, ctc, contrast = (sums / LOG_EVERY).tolist()
            print(
                f"step {training.step} words {words:.3f} ctc {ctc:.3f} contrast {contrast:.2f}"
                f" {pace:.2f} s/step",
                flush=True,
            )
            sums.zero_()
        if training.step % SAVE_EVERY == 0 or training.step == plan.steps:
            training.save()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--cool-down", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--batch-seconds", type=float, default=90.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--init", type=Path, help="a CTranslate2 model to start from")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    (options.work / "train.pid").write_text(f"{os.getpid()}\n")
    plan = Plan(options.steps, options.cool_down, options.rate)
    vocabulary = prepare_vocabulary(options.work, options.init, options.shards)
    training = Training(options.work, vocabulary, plan)
    if (options.work / CHECKPOINT).exists():
        training.resume()
    elif options.init is not None:
        warm_start.load_into(training.model.whisper, options.init)
    torch.manual_seed(training.step)
    run(training, plan, options.shards, options.batch_seconds, vocabulary)


if __name__ == "__main__":
    main()
