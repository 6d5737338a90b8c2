"""One thread that hears for all calls (D4).

Every 10 ms it reads each call's port, runs the VAD once over all calls that have a full
window, and posts what the calls' listeners make of it. Time is the port's frames, never the
wall clock. It plays nothing and recognises nothing.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from sipagent.events import DigitPressed, Event
from sipagent.media.quiet import QuietLine
from sipagent.media.tones import ToneDetector
from sipagent.media.vad import WINDOW_MS, SileroVad, VadState
from sipagent.ports import Listener, PcmPort

log = structlog.get_logger(__name__)

INTERVAL_S: Final = 0.010
KEPT_MS: Final = 30_000  # audio that a recogniser may still ask for
RECENT_MS: Final = 4_000  # what is kept while the caller is silent: the loop may be late
SURPLUS_MS: Final = 1_000


class Ear:
    """What one call has heard: its recent audio, and the listener that judges it."""

    def __init__(
        self,
        port: PcmPort,
        clock_hz: int,
        listener: Listener,
        post: Callable[[tuple[Event, ...]], None],
        tones: ToneDetector | None = None,
    ) -> None:
        self._port = port
        self._listener = listener
        self._post = post
        self._bytes_per_ms = 2 * clock_hz // 1000
        self._window = self._bytes_per_ms * WINDOW_MS
        self._kept = bytearray()
        self._kept_from = 0  # bytes dropped from the front since the call began
        self._wanted_from: int | None = None  # bytes since the call began
        self._lost = 0  # samples that the port had no room for
        self._judged = 0  # bytes since the call began that the VAD has seen
        self._line = QuietLine()
        self._tones = tones  # where digits come as tones; the VAD must not take them for speech
        self._lock = threading.Lock()  # the tick appends, the loop takes slices
        self.state = VadState(clock_hz)

    @property
    def now_ms(self) -> int:
        """The media clock: how much audio has arrived."""
        return (self._kept_from + len(self._kept)) // self._bytes_per_ms

    def audio(self, start_ms: int, end_ms: int) -> bytes:
        """What the caller said between two moments, as far as it is still kept."""
        with self._lock:
            start = max(0, start_ms * self._bytes_per_ms - self._kept_from)
            end = max(0, end_ms * self._bytes_per_ms - self._kept_from)
            return bytes(self._kept[start:end])

    def end_turn_after(self, silence_ms: int, ended_ms: int) -> None:
        """End the caller's turn once he has been silent so long since ``ended_ms``."""
        self._listener.end_turn_after(silence_ms, ended_ms)

    def keep_from(self, at_ms: int | None) -> None:
        """Keep what was said since then, up to 30 s; None: the last seconds do."""
        self._wanted_from = None if at_ms is None else at_ms * self._bytes_per_ms

    def forget(self) -> None:
        """Let go of the audio and of the call, which has ended. The media clock stands."""
        self._post = _nobody_hears
        with self._lock:
            self._kept_from += len(self._kept)
            self._kept.clear()

    def read(self) -> bool:
        """Take what has arrived; whether there is a window to judge."""
        pcm = self._port.read()
        lost = self._port.lost() - self._lost
        if lost:  # we came too late for it; silence in its place keeps the clock right
            self._lost += lost
            pcm += bytes(2 * lost)
        if not pcm:
            return False
        with self._lock:
            self._kept += pcm
            surplus = self._surplus()
            if surplus > SURPLUS_MS * self._bytes_per_ms:  # seldom, since it moves the rest
                del self._kept[:surplus]
                self._kept_from += surplus
        if self._tones is not None and (keyed := self._tones.feed(pcm)):
            self._post(tuple(DigitPressed(digit=key) for key in keyed))
        return self._to_judge >= self._window

    def _surplus(self) -> int:
        """Bytes at the front that nobody will ask for."""
        end = self._kept_from + len(self._kept)
        since = end - RECENT_MS * self._bytes_per_ms
        if self._wanted_from is not None:
            since = max(min(since, self._wanted_from), end - KEPT_MS * self._bytes_per_ms)
        return min(since, self._judged) - self._kept_from

    @property
    def _to_judge(self) -> int:
        """Bytes that the VAD may see. Where digits are tones, it must be known what is one."""
        known = self._kept_from + len(self._kept)
        if self._tones is not None:
            known = 2 * self._tones.heard
        return known - self._judged

    def next_window(self) -> bytes | None:
        """The next complete window that the VAD has to hear; quiet ones are judged here."""
        while True:
            start = self._judged - self._kept_from
            window = bytes(self._kept[start : start + self._window])
            if min(len(window), self._to_judge) < self._window:
                return None
            self._judged += self._window
            if not (self._is_key(self._judged) or self._line.is_quiet(window)):
                return window
            self.state.skip(window)
            self.judge(0.0)

    def _is_key(self, end: int) -> bool:
        """Whether a key's tones sounded in the window that ends there."""
        return self._tones is not None and self._tones.sounded((end - self._window) // 2, end // 2)

    def judge(self, speech: float) -> None:
        at_ms = self._judged // self._bytes_per_ms - WINDOW_MS
        events = self._listener.feed(at_ms, WINDOW_MS, speech)
        if events:
            self._post(events)


def _nobody_hears(events: tuple[Event, ...]) -> None:
    """Where the events of an ended call go."""


class Tick:
    """The thread. ``add`` and ``remove`` may be called from any other."""

    def __init__(self, vad: SileroVad) -> None:
        self._vad = vad
        self._ears: frozenset[Ear] = frozenset()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tick", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def add(self, ear: Ear) -> None:
        with self._lock:
            self._ears |= {ear}

    def remove(self, ear: Ear) -> None:
        with self._lock:
            self._ears -= {ear}

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopping.is_set():
            due = max(due + INTERVAL_S, time.monotonic() - INTERVAL_S)
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self.step()
            except Exception:
                log.exception("tick failed")

    def step(self) -> None:
        """Read every port, then judge every window that is complete."""
        ears = [ear for ear in self._ears if self._heard(ear)]
        while ready := [(ear, window) for ear in ears if (window := ear.next_window())]:
            probabilities = self._vad.probabilities(
                [window for _, window in ready], [ear.state for ear, _ in ready]
            )
            for (ear, _), speech in zip(ready, probabilities, strict=True):
                ear.judge(speech)

    def _heard(self, ear: Ear) -> bool:
        """Read one ear. One that fails hears no more; the others must."""
        try:
            return ear.read()
        except Exception:
            log.exception("ear removed")
            self.remove(ear)
            return False
