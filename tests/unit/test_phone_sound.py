"""What the caller sends, and the recording of a call."""

import math
import struct
import wave
from array import array
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from sipagent.cli.phone.command import call
from sipagent.cli.phone.recording import Track, write_wav
from sipagent.cli.phone.rtp import Direction, Packet
from sipagent.cli.phone.script import BadStep, parse
from sipagent.cli.phone.sound import LONGEST_S, read_wav, render
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.text.language import Language

MS = 1_000_000
LOUD, SOFT = b"\x80" * 160, b"\xa0" * 160


def packet(ms: float, timestamp: int, payload: bytes, payload_type: int = 0) -> Packet:
    return Packet(round(ms * MS), Direction.RECEIVED, payload_type, 0, timestamp, payload)


def sounding(track: Track) -> list[int]:
    """Where a track is not silent, in packets of 20 ms."""
    samples = track.pcm(track.samples)
    return [at // 160 for at in range(0, len(samples), 160) if samples[at : at + 160].all()]


def test_packets_are_placed_by_their_timestamps_not_by_their_times() -> None:
    track = Track(0)
    track.add([packet(20, 1000, LOUD), packet(55, 1160, LOUD), packet(57, 1320, LOUD)])
    assert sounding(track) == [1, 2, 3]


def test_a_lost_packet_leaves_silence_of_its_length() -> None:
    track = Track(0)
    track.add([packet(0, 1000, LOUD), packet(40, 1320, SOFT)])
    assert sounding(track) == [0, 2]
    assert track.samples == 480


def test_timestamps_wrap() -> None:
    track = Track(0)
    track.add([packet(0, 2**32 - 160, LOUD), packet(20, 0, LOUD), packet(40, 160, LOUD)])
    assert sounding(track) == [0, 1, 2]


def test_a_new_stream_begins_at_its_time() -> None:
    track = Track(0)
    track.add([packet(0, 1000, LOUD), packet(1000, 9_000_000, LOUD)])
    assert sounding(track) == [0, 50]


def test_digits_between_packets_move_nothing() -> None:
    track = Track(0)
    key = packet(20, 1160, b"\x01\x0a\x00\xa0", payload_type=101)
    track.add([packet(0, 1000, LOUD), key, packet(40, 1320, LOUD)])
    assert sounding(track) == [0, 2]


def test_what_came_before_the_answer_is_cut_off() -> None:
    track = Track(10 * MS)
    track.add([packet(0, 1000, LOUD), packet(20, 1160, LOUD)])
    assert track.samples == 240


def test_the_recording_has_the_caller_left_and_the_agent_right(tmp_path: Path) -> None:
    left, right = Track(0), Track(0)
    left.add([packet(0, 0, LOUD)])
    right.add([packet(20, 0, SOFT)])
    write_wav(tmp_path / "call.wav", left, right)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 320)
        stereo = np.frombuffer(file.readframes(320), "<i2").reshape(-1, 2)
    assert stereo[:160, 0].all()
    assert not stereo[160:, 0].any()
    assert not stereo[:160, 1].any()
    assert stereo[160:, 1].all()


def tone(path: Path, rate_hz: int, width: int, channels: int) -> None:
    """A second of 440 Hz at half of full scale, in every channel alike."""
    values = [0.5 * math.sin(math.tau * 440 * n / rate_hz) for n in range(rate_hz)]
    octets = bytearray()
    for value in values:
        number = round(value * (2 ** (8 * width - 1) - 1))
        one = bytes([number + 128]) if width == 1 else struct.pack("<i", number)[:width]
        octets += one * channels
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(bytes(octets))


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize(("rate_hz", "channels"), [(8000, 1), (44100, 2), (16000, 1)])
def test_a_wav_of_any_rate_and_width_is_played_as_it_was(
    tmp_path: Path, rate_hz: int, width: int, channels: int
) -> None:
    tone(tmp_path / "tone.wav", rate_hz, width, channels)
    sound = np.frombuffer(read_wav(tmp_path / "tone.wav", 8000), "<i2") / 32767.0
    assert len(sound) == 8000
    spectrum = np.abs(np.fft.rfft(sound))
    assert spectrum.argmax() == 440
    assert np.sqrt(np.mean(sound[400:-400] ** 2)) == pytest.approx(0.5 / math.sqrt(2), rel=0.03)


def test_what_is_no_wav_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadStep, match="No such file"):
        read_wav(tmp_path / "none.wav", 8000)
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(BadStep, match="not a PCM WAV"):
        read_wav(tmp_path / "text.wav", 8000)


def test_a_wav_that_ends_before_its_sound_does_is_refused(tmp_path: Path) -> None:
    tone(tmp_path / "tone.wav", 8000, 2, 2)
    whole = (tmp_path / "tone.wav").read_bytes()
    for size in (20, 40, 44, 45, 47, 1000, len(whole) - 1):
        (tmp_path / "cut.wav").write_bytes(whole[:size])
        with pytest.raises(BadStep, match=r"cut short|chunk missing") as raised:
            read_wav(tmp_path / "cut.wav", 8000)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "rate_hz", "bits", "why"),
    [
        (1, 0, 16, "0 Hz; a WAV file of 4000 to 192000 Hz"),
        (1, 4_000_000_000, 16, "4000000000 Hz"),
        (1, 8000, 64, "64 bits; a WAV file of 8, 16, 24 or 32"),
        (1, 8000, 0, "not a PCM WAV file (bad sample width)"),
        (3, 8000, 32, "not a PCM WAV file (unknown format: 3)"),
        (7, 8000, 8, "not a PCM WAV file (unknown format: 7)"),
    ],
)
def test_what_cannot_be_played_is_one_line_and_status_2(
    tmp_path: Path, kind: int, rate_hz: int, bits: int, why: str
) -> None:
    form = struct.pack("<HHIIHH", kind, 1, rate_hz, rate_hz * bits // 8 % 2**32, bits // 8, bits)
    chunks = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", 160)
    sound = b"RIFF" + struct.pack("<I", len(chunks) + 160) + chunks + bytes(160)
    (tmp_path / "odd.wav").write_bytes(sound)
    result = CliRunner().invoke(call, [str(tmp_path / "odd.wav"), "--server", "127.0.0.1:9"])
    assert result.exit_code == 2
    (line,) = (line for line in result.output.splitlines() if "Error:" in line)
    assert why in line


def test_a_header_that_promises_more_than_a_minute_is_refused_unread(tmp_path: Path) -> None:
    tone(tmp_path / "tone.wav", 8000, 2, 1)
    sound = bytearray((tmp_path / "tone.wav").read_bytes())
    sound[4:8] = sound[40:44] = struct.pack("<I", 2**32 - 1)
    (tmp_path / "tone.wav").write_bytes(sound)
    with pytest.raises(BadStep, match="60 s"):
        read_wav(tmp_path / "tone.wav", 8000)


async def test_a_step_longer_than_a_minute_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(array("h", [1]).tobytes() * 8000 * (LONGEST_S + 1))
    step = parse(str(tmp_path / "long.wav"), Language.EN)
    with pytest.raises(BadStep, match="60 s"):
        await render([step], EspeakVoice(), 8000)


async def test_each_step_with_words_gets_its_sound_and_digits_get_none() -> None:
    steps = [parse(text, Language.EN) for text in ("Hello", "مرحبا", "#12")]
    sounds = await render(steps, EspeakVoice(), 8000)
    assert set(sounds) == set(steps[:2])
    assert all(0.2 < len(sound) / 16000 < 2 for sound in sounds.values())


async def test_marks_alone_cannot_be_spoken() -> None:
    with pytest.raises(BadStep, match="spoken"):
        await render([parse("...", Language.EN)], EspeakVoice(), 8000)
