"""``python -m tests.bench.clips OUTDIR``: the clips as WAV files, each class with its labels.

Writes ``OUTDIR/CLASS/0000.wav`` and so on, and ``OUTDIR/CLASS/labels.json``, a list in the order
of the files. An echo clip has what the agent played beside it, ``0000.agent.wav``.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.clips.booth import Booth
from tests.bench.clips.clip import Clip
from tests.bench.clips.recipes import RECIPES, draws
from tests.bench.clips.sound import RATE_HZ
from tests.bench.clips.spec import Spec, read


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.clips", description=__doc__)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--only", nargs="+", choices=sorted(RECIPES), help="these classes")
    parser.add_argument("--most", type=int, help="so many clips of a class")
    return parser.parse_args()


async def write(spec: Spec, outdir: Path, kind: str, most: int | None = None) -> None:
    """Make and write the clips of one class, and print a line about them."""
    began = time.monotonic()
    booth = Booth()
    try:
        clips = [
            (draw.number, await RECIPES[kind](draw)) for draw in draws(spec, booth, kind, most)
        ]
    finally:
        await booth.close()
    _write_class(outdir / kind, clips)
    seconds = sum(len(clip.pcm) for _, clip in clips) / RATE_HZ
    took = time.monotonic() - began
    print(f"{kind:13} {len(clips):4} clips, {seconds:6.0f} s, made in {took:5.1f} s", flush=True)


def _write_class(folder: Path, clips: list[tuple[int, Clip]]) -> None:
    """Files of an earlier run under the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = []
    for number, clip in clips:
        name = f"{number:04}"
        label = clip.label(f"{name}.wav")
        _write_wav(folder / f"{name}.wav", clip.pcm)
        if clip.agent is not None:
            _write_wav(folder / f"{name}.agent.wav", clip.agent)
            label["agent_file"] = f"{name}.agent.wav"
        labels.append(label)
    text = json.dumps(labels, ensure_ascii=False, indent=1)
    (folder / "labels.json").write_text(text + "\n", "utf-8")


def _write_wav(path: Path, pcm: NDArray[np.int16]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.astype("<i2").tobytes())


def main() -> None:
    """Each class has a process of its own: what espeak-ng says depends on what it said before."""
    asked = arguments()
    kinds = [kind for kind in RECIPES if asked.only is None or kind in asked.only]
    if len(kinds) == 1:
        asyncio.run(write(read(), asked.outdir, kinds[0], asked.most))
        return
    most = [] if asked.most is None else ["--most", str(asked.most)]
    for kind in kinds:
        again = [
            sys.executable,
            "-m",
            "tests.bench.clips",
            str(asked.outdir),
            "--only",
            kind,
            *most,
        ]
        subprocess.run(again, check=True)


if __name__ == "__main__":
    main()
