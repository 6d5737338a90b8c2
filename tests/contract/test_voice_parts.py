"""What voices are made of: runs, places of words, sound that arrives bit by bit."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sipagent.engines.resample import resample
from sipagent.engines.resample_stream import ResamplingStream
from sipagent.engines.tts_clauses import Run, pace, placed, runs
from sipagent.engines.tts_stream import ClauseStream, Habits
from sipagent.engines.wav_stream import NoSound, SoundStream
from sipagent.media.ledger import Ledger
from sipagent.ports import Speech
from sipagent.text.clauses import clauses
from sipagent.text.language import Language
from sipagent.text.marks import Manner
from tests.peers.speech_server import tones, wav_header

MIXED = "شغل الراوتر ثم افتح Wi-Fi في التطبيق."
EN = "please tell me your account number"


def clause_of(text: str, language: Language):  # type: ignore[no-untyped-def]
    [clause] = clauses(text, language)
    return clause


# ---------------------------------------------------------------------- runs and words


def test_a_mixed_clause_is_a_run_for_each_language_and_loses_no_word() -> None:
    found = runs(clause_of(MIXED, Language.AR), Language.AR)
    assert [run.language for run in found] == [Language.AR, Language.EN, Language.AR]
    assert " ".join(unit.written for run in found for unit in run.units) == MIXED


def test_a_clause_that_is_not_split_is_in_its_main_language() -> None:
    [run] = runs(clause_of(MIXED, Language.AR), Language.AR, split=False)
    assert run.language is Language.AR
    assert " ".join(unit.written for unit in run.units) == MIXED


@pytest.mark.parametrize("text", ["...", "؟", "-"])
def test_marks_alone_are_nothing_to_say(text: str) -> None:
    for clause in clauses(text, Language.EN):
        assert runs(clause, Language.EN) == []
        assert runs(clause, Language.EN, split=False) == []


def test_words_share_a_run_by_their_letters() -> None:
    [run] = runs(clause_of("I understand", Language.EN), Language.EN)
    first, second = placed(run, 1200)
    assert (first.start, first.end, second.start, second.end) == (0, 109, 109, 1200)


def test_a_digit_counts_for_the_letters_of_its_name() -> None:
    run = Run(runs(clause_of("call 800", Language.EN), Language.EN)[0].units, Language.EN)
    assert run.weights[-1] >= 8


def test_emphasis_is_spoken_a_little_slower() -> None:
    assert pace(Manner(pace=1.0, emphasis=True)) == pytest.approx(0.9)
    assert pace(Manner(pace=0.8)) == 0.8


# ---------------------------------------------------------------------- rate


@pytest.mark.parametrize(
    ("from_hz", "to_hz"),
    [(24000, 8000), (22050, 8000), (44100, 16000), (16000, 24000), (11025, 8000), (8000, 8000)],
)
def test_resampling_in_pieces_is_resampling_as_a_whole(from_hz: int, to_hz: int) -> None:
    random = np.random.default_rng(from_hz)
    sound = random.standard_normal(30_011).astype(np.float32)
    stream, pieces, at = ResamplingStream(from_hz, to_hz), [], 0
    while at < len(sound):
        size = int(random.integers(1, 2500))
        pieces.append(stream.feed(sound[at : at + size]))
        at += size
    pieces.append(stream.feed(sound[:0], last=True))
    assert np.array_equal(np.concatenate(pieces), resample(sound, from_hz, to_hz))


def test_sound_is_passed_on_while_it_comes() -> None:
    stream = ResamplingStream(24000, 8000)
    given_out = stream.feed(np.ones(2400, np.float32))
    assert len(given_out) >= 800 - 30


# ---------------------------------------------------------------------- octets


def fed(data: bytes, sizes: int, rate_hz: int = 24000) -> tuple[NDArray[np.float32], int]:
    stream = SoundStream(rate_hz)
    parts = [stream.feed(data[at : at + sizes]) for at in range(0, len(data), sizes)]
    stream.end()
    return np.concatenate([*parts, np.zeros(0, np.float32)]), stream.rate_hz


SOUND = (np.sin(np.arange(4000) / 7) * 9000).astype("<i2")


@pytest.mark.parametrize("size", [1, 3, 44, 1001, 100_000])
def test_bare_pcm_keeps_its_samples_however_it_is_cut(size: int) -> None:
    samples, rate_hz = fed(SOUND.tobytes(), size)
    assert rate_hz == 24000
    assert np.allclose(samples * 32768, SOUND)


@pytest.mark.parametrize("size", [1, 3, 44, 1001, 100_000])
@pytest.mark.parametrize("length", [8000, 0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_wav_is_told_from_pcm_and_says_its_own_rate(size: int, length: int) -> None:
    samples, rate_hz = fed(wav_header(16000, 1, length) + SOUND.tobytes(), size)
    assert rate_hz == 16000
    assert np.allclose(samples * 32768, SOUND)


def test_a_long_recording_is_read_in_one_piece() -> None:
    sound = np.tile(SOUND, 50)
    samples, _ = fed(wav_header(16000, 1, sound.nbytes) + sound.tobytes(), 10_000_000)
    assert len(samples) == len(sound)


def test_stereo_is_mixed_to_one() -> None:
    both = np.stack([SOUND, np.zeros_like(SOUND)], axis=1)
    samples, _ = fed(wav_header(16000, 2, both.nbytes) + both.tobytes(), 1001)
    assert np.allclose(samples * 32768, SOUND / 2, atol=1)


def test_floats_are_taken_and_kept_within_bounds() -> None:
    wild = np.array([0.5, 7.0, np.nan, -7.0], "<f4")
    samples, _ = fed(wav_header(16000, 1, wild.nbytes, floats=True) + wild.tobytes(), 5)
    assert samples.tolist() == [0.5, 1.0, 0.0, -1.0]


def test_half_a_sample_at_the_end_is_dropped() -> None:
    samples, _ = fed(SOUND.tobytes() + b"\x01", 999)
    assert len(samples) == len(SOUND)


def test_what_follows_the_sound_of_a_wav_is_not_played() -> None:
    data = wav_header(16000, 1, SOUND.nbytes) + SOUND.tobytes() + b"LIST\x04\0\0\0abcd"
    samples, _ = fed(data, 1001)
    assert len(samples) == len(SOUND)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (wav_header(16000, 1, 9000) + SOUND.tobytes(), "1000 bytes early"),
        (wav_header(16000, 6, 8000) + SOUND.tobytes(), "6 channels"),
        (wav_header(100, 1, 8000) + SOUND.tobytes(), "100 Hz"),
        (wav_header(16000, 1, 8000)[:30], "within its header"),
        (b"RIFF\0\0\0\0AVI " + bytes(100), "no WAVE"),
        (b"RIFF\0\0\0\0WAVEdata\x08\0\0\0" + bytes(8), "not describe"),
        (b"RIFF\0\0\0\0WAVE" + b"junk\xff\xff\xff\x7f" * 9000, "within its header|no end"),
        (b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\x01\0" + bytes(60), "too short"),
    ],
)
def test_what_is_no_sound_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NoSound, match=why):
        fed(data, 1001)


def test_compressed_wav_says_what_to_ask_for() -> None:
    header = bytearray(wav_header(16000, 1, 8000))
    at = header.index(b"fmt ") + 8
    struct.pack_into("<H", header, at, 85)  # MP3
    with pytest.raises(NoSound, match="ask the server for 16-bit PCM"):
        fed(bytes(header) + SOUND.tobytes(), 1001)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_octets_break_the_reader(data: bytes, size: int) -> None:
    for start in (b"", b"RIFF", wav_header(8000, 1, 40)[:40]):
        try:
            samples, rate_hz = fed(start + data, size)
        except NoSound:
            continue
        assert rate_hz > 0
        assert np.isfinite(samples).all()


# ---------------------------------------------------------------------- a clause as it arrives


def streamed(
    text: str,
    sound: NDArray[np.float32],
    habits: Habits,
    first_ms: int = 100,
    language: Language = Language.EN,
) -> list[Speech]:
    """One clause of one run at 24 kHz, fed by 20 ms, spoken at 8 kHz."""
    clause = clause_of(text, language)
    [run] = runs(clause, language)
    stream = ClauseStream(clause, language, 8000, habits, first_ms)
    stream.begin(run, 24000)
    pieces = [stream.feed(sound[at : at + 480]) for at in range(0, len(sound), 480)]
    assert stream.end_run() > 0
    return [piece for piece in [*pieces, stream.end()] if piece is not None]


def spoken_tones(text: str, level: float = 0.1) -> NDArray[np.float32]:
    return (tones(text, 24000) * level).astype(np.float32)


def joined(pieces: list[Speech]) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(piece.pcm for piece in pieces), "<i2")


def test_the_first_piece_is_a_tenth_of_a_second_without_the_silence_before_it() -> None:
    first, *rest = streamed(EN, spoken_tones(EN), Habits())
    assert 100 <= first.samples / 8 <= 130
    loud = np.abs(np.frombuffer(first.pcm, "<i2").astype(np.int32))
    assert int(np.argmax(loud > loud.max() / 100)) <= 160
    assert len(rest) > 5


def test_an_engine_a_quarter_faster_than_speech_leaves_no_gap_between_pieces() -> None:
    """Each piece is there before those that were passed on have been played."""
    habits = Habits()
    streamed(EN, spoken_tones(EN), habits)
    clause, sound = clause_of(EN, Language.EN), spoken_tones(EN)
    [run] = runs(clause, Language.EN)
    stream = ClauseStream(clause, Language.EN, 8000, habits, 100)
    stream.begin(run, 24000)
    passed_on_ms, first_at_ms, slack = 0.0, 0.0, []
    for at in range(0, len(sound), 480):
        piece, now_ms = stream.feed(sound[at : at + 480]), at / 24 / 1.25
        if piece is not None:
            first_at_ms = first_at_ms or now_ms
            slack.append(passed_on_ms - (now_ms - first_at_ms))
            passed_on_ms += piece.samples / 8
    assert len(slack) > 5
    assert min(slack) >= -20  # one look


def test_pieces_have_no_seam_and_are_the_clause_as_a_whole() -> None:
    habits = Habits()
    [whole] = streamed(EN, spoken_tones(EN), habits, first_ms=0)
    pieces = streamed(EN, spoken_tones(EN), habits)
    whole_sound, sound = joined([whole]).astype(float), joined(pieces).astype(float)
    assert len(whole_sound) == len(sound)
    assert np.corrcoef(whole_sound, sound)[0, 1] > 0.9999


def test_the_level_is_even_once_a_voice_is_known() -> None:
    habits = Habits()
    streamed(EN, spoken_tones(EN, level=0.02), habits)
    sound = joined(streamed(EN, spoken_tones(EN, level=0.02), habits)) / 32768
    frames = sound[: len(sound) // 80 * 80].reshape(-1, 80)
    power = np.mean(frames**2, axis=1)
    assert 10 * np.log10(power[power > power.max() / 300].mean()) == pytest.approx(-20, abs=1)


def test_loud_peaks_are_bent_and_do_not_clip() -> None:
    habits = Habits()
    streamed(EN, spoken_tones(EN, level=0.01), habits)
    assert np.abs(joined(streamed(EN, spoken_tones(EN, level=0.9), habits))).max() < 0.9 * 32768


def test_words_are_placed_rather_late_than_early() -> None:
    """Against the true places, which the tones have: 60 ms a letter, 30 ms between words."""
    habits = Habits()
    streamed(EN, spoken_tones(EN), habits)
    pieces = streamed(EN, spoken_tones(EN), habits)
    ends, offset = [], 0
    for piece in pieces:
        ends += [(offset + word.end) / 8 for word in piece.words]
        offset += piece.samples
    true, at = [], 10.0
    for word in EN.split():
        at += 60 * len(word)
        true.append(at)
        at += 30
    early = [told - was for told, was in zip(ends, true, strict=True)]
    assert min(early) > -60
    assert max(early) < 250


def test_every_word_is_in_one_piece_and_the_last_ends_with_the_sound() -> None:
    pieces = streamed(EN, spoken_tones(EN), Habits())
    assert " ".join(word.text for piece in pieces for word in piece.words) == EN
    assert " ".join(piece.text for piece in pieces if piece.text) == EN
    pause = clause_of(EN, Language.EN).pause_ms * 8
    assert pieces[-1].words[-1].end == pieces[-1].samples - pause
    for piece in pieces:
        edges = [edge for word in piece.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= piece.samples for edge in edges)


@pytest.mark.parametrize("heard_ms", [0, 90, 400, 1000, 1500, 5000])
def test_the_record_of_a_cut_holds_no_word_that_had_not_ended(heard_ms: int) -> None:
    """The ledger of the playout, fed with the pieces; the tones tell where words truly end."""
    habits = Habits()
    streamed(EN, spoken_tones(EN), habits)
    ledger, offset = Ledger(), 0
    for piece in streamed(EN, spoken_tones(EN), habits):
        ledger.wrote([(word.text, word.end) for word in piece.words], start=offset)
        offset += piece.samples
    cut = ledger.cut(at=heard_ms * 8)
    assert f"{cut.heard} {cut.unheard}".strip() == EN
    truly = [10 + 60 * sum(map(len, EN.split()[: n + 1])) + 30 * n for n in range(len(EN.split()))]
    assert len(cut.heard.split()) <= sum(end <= heard_ms + 60 for end in truly)
    assert len(cut.heard.split()) >= sum(end <= heard_ms - 250 for end in truly)


def test_a_voice_that_speaks_slowly_is_expected_to() -> None:
    habits = Habits()
    slow = np.repeat(spoken_tones(EN), 3)
    before = habits[Language.EN].letter_ms
    for _ in range(8):
        streamed(EN, slow, habits)
    assert habits[Language.EN].letter_ms > 2 * before


def test_silence_within_a_clause_stays_and_silence_after_it_goes() -> None:
    pause = np.zeros(24000 // 2, np.float32)
    word = spoken_tones("account")
    sound = np.concatenate([word, pause, word, pause])
    length_ms = sum(piece.samples for piece in streamed("account number", sound, Habits())) / 8
    edges_ms = 120 + 150 + 30  # of silence around each word, by the server
    assert length_ms == pytest.approx(2 * 420 + edges_ms + 500 + 30 + 70, abs=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=30), st.sampled_from([0, 40, 100, 900]))
def test_however_sound_is_cut_nothing_is_lost(sizes: list[int], first_ms: int) -> None:
    clause = clause_of(EN, Language.EN)
    [run] = runs(clause, Language.EN)
    stream = ClauseStream(clause, Language.EN, 8000, Habits(), first_ms)
    sound, at, pieces = spoken_tones(EN), 0, []
    stream.begin(run, 24000)
    for size in [*sizes, len(sound)]:
        pieces.append(stream.feed(sound[at : at + size]))
        at += size
    stream.end_run()
    found = [piece for piece in [*pieces, stream.end()] if piece is not None]
    assert " ".join(word.text for piece in found for word in piece.words) == EN
    length = sum(piece.samples for piece in found)
    assert length == pytest.approx(8 * (29 * 60 + 5 * 30 + 30 + 70), abs=100)
