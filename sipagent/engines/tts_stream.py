"""A clause as several ``Speech`` values, passed on while its sound is still being made.

The first is as short as can sound, so that the caller waits for it and not for the clause. How
long the clause will be is not known then: a word is placed by what the voice has needed before,
rather late than early, and counts as spoken in the piece where it ends; a piece may end none.
The end of each run is exact. Owns no clock and knows no engine.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sipagent.engines.levels import (
    FRAME_MS,
    LEADING_MS,
    PEAK,
    TRAILING_MS,
    active_dbfs,
    frame_rms,
)
from sipagent.engines.resample_stream import ResamplingStream
from sipagent.engines.tts_clauses import (
    SCRIPT_PAUSE_MS,
    SPEECH_DBFS,
    Run,
    Samples,
    pace,
    pcm16,
    silence,
)
from sipagent.ports import Speech, SpokenWord
from sipagent.text.clauses import Clause
from sipagent.text.language import Language

LATER_MS: Final = 200  # the longest that a later piece waits for: each costs some computing
LOOK_MS: Final = 20  # sound that comes in smaller bits is not looked at each time
LETTER_MS: Final = {Language.EN: 65.0, Language.AR: 90.0}  # until a voice has shown its own
LATE: Final = 1.1  # a word counts as heard rather too late than too early (D7)
_SILENT_DBFS: Final = -60.0
_SILENT_BELOW_SPEECH_DB: Final = 40.0
_LEARN: Final = 0.3  # the share of the newest run in what is remembered
_FEWEST_LETTERS: Final = 5  # fewer tell nothing about the others
_KNEE: Final = 0.6  # up to here a sample stays as it is


@dataclass(slots=True)
class Habit:
    """How loud one voice is in one language, and how long its letters are."""

    dbfs: float | None = None
    letter_ms: float = 0.0

    def learn(self, level_dbfs: float, letter_ms: float) -> None:
        if self.dbfs is None:
            self.dbfs, self.letter_ms = level_dbfs, letter_ms
        else:
            self.dbfs += _LEARN * (level_dbfs - self.dbfs)
            self.letter_ms += _LEARN * (letter_ms - self.letter_ms)


class Habits:
    """What a voice has shown so far, by language."""

    def __init__(self) -> None:
        self._of = {language: Habit(letter_ms=LETTER_MS[language]) for language in Language}

    def __getitem__(self, language: Language) -> Habit:
        return self._of[language]


class ClauseStream:
    """Sound of a clause in, pieces of speech out.

    ``begin`` a run, ``feed`` it, ``end_run``; after the last run ``end``. ``first_ms`` 0 keeps
    everything until the end, so that the clause is one piece with exact edges.
    """

    def __init__(
        self, clause: Clause, language: Language, rate_hz: int, habits: Habits, first_ms: int
    ) -> None:
        self._clause, self._language, self._rate_hz = clause, language, rate_hz
        self._habits = habits
        self._first_ms = first_ms
        self._ready: list[Samples] = []  # at the right level, not yet passed on
        self._words: list[SpokenWord] = []  # that end in it, from its start
        self._passed_on_ms = 0
        self._run: _RunStream | None = None
        self._from_hz = 0
        self._come: list[Samples] = []  # of the run, not looked at yet

    def begin(self, run: Run, from_hz: int) -> None:
        """The sound of the next run follows, at ``from_hz``."""
        if self._samples:
            self._ready.append(silence(SCRIPT_PAUSE_MS, self._rate_hz))
        self._from_hz = from_hz
        habit = self._habits[run.language]
        self._run = _RunStream(run, from_hz, self._rate_hz, habit, pace(self._clause.manner))

    def feed(self, samples: Samples) -> Speech | None:
        """float32 mono of the run; the next piece, once there is one."""
        assert self._run is not None
        self._come.append(samples)
        if not self._first_ms:
            return None
        lacking_ms = self._least_ms - self._samples * 1000 // self._rate_hz
        come_ms = sum(map(len, self._come)) * 1000 // self._from_hz
        if come_ms < (max(LOOK_MS, lacking_ms) if self._passed_on_ms else LOOK_MS):
            return None
        self._take(*self._run.feed(self._all_that_came(), at_least_ms=self._least_ms))
        return self._piece() if self._samples * 1000 >= self._least_ms * self._rate_hz else None

    def end_run(self) -> int:
        """The run is over; how many ms of sound it had, without the silence around it."""
        assert self._run is not None
        self._take(*self._run.end(self._all_that_came(), whole=not self._first_ms))
        heard_ms, self._run = self._run.heard_ms, None
        return heard_ms

    def end(self) -> Speech:
        """The last piece, with the pause after the clause."""
        self._ready.append(silence(self._clause.pause_ms, self._rate_hz))
        return self._piece()

    @property
    def _least_ms(self) -> int:
        """How long the next piece must be: longer, the more there is to play meanwhile.

        A quarter of what was passed on is what an engine has gained that makes sound a quarter
        faster than it is played.
        """
        later_ms = min(LATER_MS, self._first_ms + self._passed_on_ms // 4)
        return max(self._first_ms, later_ms)

    def _all_that_came(self) -> Samples:
        come, self._come = self._come, []
        return np.concatenate([*come, np.zeros(0, np.float32)])

    @property
    def _samples(self) -> int:
        return sum(map(len, self._ready))

    def _take(self, samples: Samples, words: list[SpokenWord]) -> None:
        start = self._samples
        self._words += [SpokenWord(w.text, w.start + start, w.end + start) for w in words]
        self._ready.append(samples)

    def _piece(self) -> Speech:
        whole = np.concatenate(self._ready)
        text = " ".join(word.text for word in self._words)
        speech = Speech(text, self._language, pcm16(whole), self._rate_hz, tuple(self._words))
        self._ready, self._words = [], []
        self._passed_on_ms += speech.samples * 1000 // self._rate_hz
        return speech


class _RunStream:
    """One run's sound: resampled, without the silence around it, at an even level, with words.

    Silence is held back until sound follows it. All positions are samples at ``rate_hz`` from
    the first sound.
    """

    def __init__(self, run: Run, from_hz: int, rate_hz: int, habit: Habit, speed: float) -> None:
        self._run, self._rate_hz, self._habit, self._speed = run, rate_hz, habit, speed
        self._resampling = ResamplingStream(from_hz, rate_hz)
        self._frame = rate_hz * FRAME_MS // 1000
        self._held = np.zeros(0, np.float32)  # not given out yet
        self._begun = False
        self._given = 0
        self._gain: float | None = None
        self._whole = False
        self._all: list[Samples] = []  # as it came, to learn the level from
        self._weights = run.weights
        expected_ms = sum(self._weights) * habit.letter_ms * LATE / speed
        self._expected = max(1.0, expected_ms * rate_hz / 1000)
        self._next = 0  # the unit that has not been placed yet
        self._placed_to = 0

    @property
    def heard_ms(self) -> int:
        return self._given * 1000 // self._rate_hz

    def feed(self, samples: Samples, at_least_ms: int) -> tuple[Samples, list[SpokenWord]]:
        """What can be passed on by now, and the words that end in it."""
        self._held = np.concatenate([self._held, self._resampling.feed(samples)])
        until = self._sounding(self._held)
        if self._gain is None and until * 1000 < at_least_ms * self._rate_hz:
            return self._held[:0], []  # too short to tell how loud it is
        given = self._give(until)
        return given, self._words_until_now(len(given))

    def end(self, rest: Samples, *, whole: bool) -> tuple[Samples, list[SpokenWord]]:
        """All the rest, with the words that were not placed yet; it may be the whole run."""
        self._whole = whole
        self._held = np.concatenate([self._held, self._resampling.feed(rest, last=True)])
        until = self._sounding(self._held)
        tail = self._rate_hz * TRAILING_MS // 1000
        given = self._give(min(until + tail, len(self._held)) if self._begun else 0)
        words = self._rest(len(given))
        self._learn()
        return given, words

    # ------------------------------------------------------------------ sound

    def _sounding(self, samples: Samples) -> int:
        """The end of the last audible frame. Drops what is silent before the first one."""
        levels = frame_rms(samples[: len(samples) // self._frame * self._frame], self._rate_hz)
        audible = np.flatnonzero(levels >= self._threshold())
        if not len(audible):
            if not self._begun:
                self._held = samples[max(0, len(levels) - 1) * self._frame :]
            return 0
        if not self._begun:
            self._begun = True
            lead = self._rate_hz * LEADING_MS // 1000
            cut = max(0, int(audible[0]) * self._frame - lead)
            self._held = samples[cut:]
            return (int(audible[-1]) + 1) * self._frame - cut
        return (int(audible[-1]) + 1) * self._frame

    def _threshold(self) -> float:
        known = self._habit.dbfs
        level = (
            _SILENT_DBFS if known is None else max(_SILENT_DBFS, known - _SILENT_BELOW_SPEECH_DB)
        )
        return float(10 ** (level / 20))

    def _give(self, count: int) -> Samples:
        samples, self._held = self._held[:count], self._held[count:]
        if not len(samples):
            return samples
        if self._gain is None:
            level = None if self._whole else self._habit.dbfs
            level = active_dbfs(samples, self._rate_hz) if level is None else level
            self._gain = 10 ** ((SPEECH_DBFS - level) / 20)
        self._all.append(samples)
        self._given += len(samples)
        return _limited(samples * np.float32(self._gain))

    def _learn(self) -> None:
        letters = sum(self._weights)
        if not self._all or letters < _FEWEST_LETTERS:
            return
        level = active_dbfs(np.concatenate(self._all), self._rate_hz)
        self._habit.learn(level, self.heard_ms * self._speed / letters)

    # ------------------------------------------------------------------ words

    def _words_until_now(self, last: int) -> list[SpokenWord]:
        """Those that have ended by the estimate; the last one only ends with the sound.

        Like all words they are counted from the start of the ``last`` samples given out.
        """
        weights = self._weights
        reached = sum(weights[: self._next])
        start = self._given - last
        words = []
        while self._next < len(weights) - 1:
            reached += weights[self._next]
            end = round(self._expected * reached / max(sum(weights), 1))
            if end > self._given:
                break
            words.append(self._place(max(end, self._placed_to), start))
        return words

    def _rest(self, last: int) -> list[SpokenWord]:
        """The words not placed yet, in proportion within the sound that is left."""
        weights = self._weights[self._next :]
        start = self._given - last
        begin = max(self._placed_to, start)
        words, reached = [], 0
        for weight in weights:
            reached += weight
            end = begin + round((self._given - begin) * reached / max(sum(weights), 1))
            words.append(self._place(max(end, start), start))
        return words

    def _place(self, end: int, start: int) -> SpokenWord:
        """The next unit up to ``end``, counted from the start of this piece."""
        begin = max(self._placed_to, start)
        word = SpokenWord(self._run.units[self._next].written, begin - start, end - start)
        self._placed_to = max(end, start)
        self._next += 1
        return word


def _limited(samples: Samples) -> Samples:
    """Peaks bent below clipping, the same whatever came before, so that no piece has a seam."""
    size = np.abs(samples)
    over = (size - _KNEE) / (PEAK - _KNEE)
    bent = _KNEE + (PEAK - _KNEE) * np.tanh(np.maximum(over, 0.0))
    return np.where(size > _KNEE, np.sign(samples) * bent, samples).astype(np.float32)
