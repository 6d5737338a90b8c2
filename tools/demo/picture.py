"""A picture of one call: both voices, the words, the interruption, the transfer, one time axis.

Times are the phone's, from the answer; the node's events are moved onto its clock. Draws what
it is given and judges nothing.
"""

import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sipagent.text.language import Language
from sipagent.text.script import language_of
from tools.demo.record import Event, offset_ms

INCHES_PER_S: Final = 0.55
CHARACTERS_PER_S: Final = 8.5
COLUMN_S: Final = 3.0  # events closer than this stand one under the other
CALLER, AGENT, DESK = "#1f5fa8", "#1c7c4a", "#8a5a00"
CUT, QUIET = "#c0392b", "#777777"


def draw(path: Path, sound: Path, report: Mapping[str, Any], events: Sequence[Event]) -> None:
    """Write the PNG. ``sound`` is the phone's stereo recording, ``report`` its result."""
    mpl.rcParams["font.family"] = ["DejaVu Sans"]
    left, right, rate_hz = _channels(sound)
    seconds = len(left) / rate_hz
    figure = Figure(figsize=(max(12.0, INCHES_PER_S * seconds + 1.5), 7.6), dpi=110)
    rows = figure.subplots(5, 1, sharex=True, height_ratios=[0.8, 1, 1, 1.9, 1.1])
    asked, caller, agent, said, steps = rows
    offset_s = offset_ms(list(events), report["answered_unix_ms"]) / 1000
    _waveform(caller, left, rate_hz, CALLER, "caller")
    _waveform(agent, right, rate_hz, AGENT, "agent")
    _turns(asked, events, offset_s)
    _replies(said, events, offset_s)
    _steps(steps, events, offset_s)
    _measured(caller, agent, report)
    _desk((caller, agent), report, seconds)
    for row in rows:
        row.set_xlim(0, seconds)
        row.set_yticks([])
        for side in ("top", "right", "left"):
            row.spines[side].set_visible(False)
    steps.set_xlabel("seconds from the answer")
    figure.suptitle(
        f"{report['number']}, {report['sip_call_id']}: what was said, heard, cut and handed over",
        fontsize=10,
    )
    figure.tight_layout()
    figure.savefig(path)


def _channels(path: Path) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    with wave.open(str(path)) as file:
        raw = file.readframes(file.getnframes())
        rate_hz = file.getframerate()
    stereo = np.frombuffer(raw, "<i2").reshape(-1, 2).astype(np.float32) / 32768.0
    return stereo[:, 0], stereo[:, 1], rate_hz


def _waveform(row: Axes, sound: NDArray[np.float32], rate_hz: int, colour: str, name: str) -> None:
    """The highest and lowest sample of every 10 ms."""
    size = rate_hz // 100
    blocks = sound[: len(sound) // size * size].reshape(-1, size)
    at = np.arange(len(blocks)) / 100
    row.fill_between(at, blocks.min(axis=1), blocks.max(axis=1), color=colour, linewidth=0)
    row.set_ylim(-1, 1)
    row.set_ylabel(name, color=colour)


def _words(
    row: Axes, at: tuple[float, float], text: str, seconds: float, colour: str, va: str
) -> None:
    """A text in a box of its utterance's width; the lines of Arabic end on the right."""
    lines = fill(text, max(14, round(seconds * CHARACTERS_PER_S)))
    arabic = next((language_of(word) for word in text.split()), None) is Language.AR
    align = "right" if arabic else "left"
    row.text(*at, lines, color=colour, multialignment=align, fontsize=8, va=va, linespacing=1.25)


# ----------------------------------------------------------------------- words


def _turns(row: Axes, events: Sequence[Event], offset_s: float) -> None:
    """The caller's turns as the node heard them, with the words recognised."""
    row.set_ylim(0, 1)
    row.set_ylabel("recognised", color=CALLER)
    turn: Event | None = None
    for event in events:
        if event["event"] == "TurnEnded":
            turn = event
        elif event["event"] == "WordsHeard" and turn is not None:
            start, end = (turn[key] / 1000 + offset_s for key in ("started_ms", "ended_ms"))
            row.axvspan(start, end, color=CALLER, alpha=0.12, linewidth=0)
            text = event["text"] or "(no words)"
            _words(row, (start, 0.5), text, end - start + 1.0, CALLER, "center")


def _replies(row: Axes, events: Sequence[Event], offset_s: float) -> None:
    """What the agent said: heard words in green, words that were cut in red."""
    row.set_ylim(0, 1)
    row.set_ylabel("heard / cut", color=AGENT)
    begun: dict[int, float] = {}
    cut: dict[int, str] = {}
    sources: dict[int, str] = {}
    for event in events:
        at_s = event["at_ms"] / 1000 + offset_s
        match event["event"]:
            case "ReplyBegun":
                begun.setdefault(event["reply"], at_s)
                sources.setdefault(event["reply"], event["document"] or event["kind"])
            case "Interrupted":
                cut[event["reply"]] = event["unheard"]
                row.axvline(at_s, color=CUT, linewidth=1)
            case "WordsPlayed":
                reply = event["reply"]
                start = begun.get(reply, at_s)
                _reply(
                    row, (start, at_s), event["text"], cut.get(reply, ""), sources.get(reply, "")
                )


def _reply(row: Axes, span: tuple[float, float], heard: str, cut: str, source: str) -> None:
    start, end = span
    row.axvspan(start, end, color=AGENT, alpha=0.12, linewidth=0)
    row.text(start, 0.97, source, color=QUIET, fontsize=7, va="top")
    _words(row, (start, 0.82), heard or "(nothing)", end - start, AGENT, "top")
    if cut:
        row.text(start, 0.42, "cut", color=CUT, fontsize=7, va="bottom")
        _words(row, (start, 0.4), cut, max(end - start, 4.0), CUT, "top")


def _steps(row: Axes, events: Sequence[Event], offset_s: float) -> None:
    """Wishes, the states of the transfer and the end, one under the other where they are dense."""
    row.set_ylim(0, 1)
    row.set_ylabel("events", color=QUIET)
    column, line = -COLUMN_S, 0
    for event in events:
        at_s = event["at_ms"] / 1000 + offset_s
        match event["event"]:
            case "Interrupted":
                text = "interrupted"
            case "WishHeard":
                text = f"wants: {event['wish']}"
            case "TransferStep":
                text = f"transfer {event['state']}: {event['detail']}"
            case "Ended":
                text = f"node: {event['code']}"
            case _:
                continue
        column, line = (at_s, 0) if at_s - column > COLUMN_S else (column, line + 1)
        row.axvline(at_s, color=QUIET, linewidth=0.6, linestyle=":")
        row.text(column, 0.92 - 0.17 * line, f" {text}", fontsize=7, va="center")


# ----------------------------------------------------------------------- figures


def _measured(caller: Axes, agent: Axes, report: Mapping[str, Any]) -> None:
    """Response times and barge-ins, as the phone measured them on RTP."""
    for spoken in report["utterances"]:
        start, response, barge = spoken["start_ms"], spoken["response_ms"], spoken["barge_in_ms"]
        if response is not None:
            span = ((start - response) / 1000, start / 1000)
            agent.axvspan(*span, color="#e0a100", alpha=0.35, linewidth=0)
            agent.text(span[0], 0.82, f"{response} ms", fontsize=7, color="#7a5800")
        if barge is not None:
            span = (start / 1000, (start + barge) / 1000)
            for row in (caller, agent):
                row.axvspan(*span, color=CUT, alpha=0.35, linewidth=0)
            text = f"silent {barge} ms after the caller began"
            agent.text(span[1], -0.95, f" {text}", fontsize=7, color=CUT)


def _desk(rows: Sequence[Axes], report: Mapping[str, Any], seconds: float) -> None:
    """From the desk's answer on the caller is with the desk."""
    through = [one["settled_ms"] / 1000 for one in report["referrals"] if one["status"] == 200]
    if not through:
        return
    for row in rows:
        row.axvspan(through[-1], seconds, color=DESK, alpha=0.2, linewidth=0)
    rows[-1].text(through[-1], 0.82, " with the desk", fontsize=8, color=DESK)
