"""What the agent hears of a caller: through loss, from a clock that is not ours, out of silence."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.peers.listener import Ear, listener
from tests.peers.network import Network, Weather
from tests.peers.processes import node
from tests.peers.raw import RawCaller
from tests.peers.records import ended, events, outcome
from tests.peers.speech import spoken
from tests.peers.stream import Stream, clicks, delays, pause, resumed, tone

pytestmark = pytest.mark.alone

SECONDS: Final = 30.0
SKEW_PPM: Final = 24_000  # over 30 s what 200 ppm are over an hour: 720 ms
EVERY: Final = 25  # packets between two clicks
LEVEL: Final = 8000
WINDOW: Final = 80  # samples: half a packet
TONES: Final = {
    "91": Weather(loss=0.03, delay_ms=20),
    "92": Weather(loss=0.05, delay_ms=20),
    "93": Weather(loss=0.05, burst=3, delay_ms=20),
    "94": Weather(delay_ms=80, jitter_ms=60),
}
SKEWS: Final = {"95": SKEW_PPM, "96": -SKEW_PPM}
SUPPRESSED: Final = "97"
PAUSE_S: Final = 5.0


@contextmanager
def sending(ear: Ear) -> Iterator[dict[str, Stream]]:
    """All callers of one ear, who send at once; by the number that they dialled."""
    with ExitStack() as stack:
        streams = {}
        for seed, (number, weather) in enumerate(TONES.items(), start=30):
            network = stack.enter_context(Network(ear.address, weather, seed=seed))
            caller = stack.enter_context(RawCaller(network.address, number))
            caller.answered()
            streams[number] = Stream(caller.rtp, caller.remote_rtp, tone(SECONDS, level=LEVEL))
        for number, ppm in SKEWS.items():
            caller = stack.enter_context(RawCaller(ear.address, number))
            caller.answered()
            streams[number] = Stream(caller.rtp, caller.remote_rtp, clicks(EVERY), ppm)
        caller = stack.enter_context(RawCaller(ear.address, SUPPRESSED))
        caller.answered()
        sound = [*tone(3.0), *pause(PAUSE_S), *resumed(tone(3.0))]
        streams[SUPPRESSED] = Stream(caller.rtp, caller.remote_rtp, sound)
        for stream in streams.values():
            stack.enter_context(stream)
        yield streams


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ear, Ear, dict[str, Stream]]:
    """With concealment, and without; the streams of the first."""
    folder = tmp_path_factory.mktemp("listening")
    with (
        listener(folder / "concealed") as concealed,
        listener(folder / "plain", concealed=False) as plain,
        sending(concealed) as streams,
        sending(plain),
    ):
        time.sleep(SECONDS + 1)
        return concealed, plain, streams


def loudness(ear: Ear, number: str) -> NDArray[np.float64]:
    """RMS of each 10 ms of a tone, against the tone's own; without its first and last second."""
    sound = ear.sound(number).astype(float)
    loud = np.flatnonzero(np.abs(sound) > LEVEL / 2)
    sound = sound[loud[0] + 8000 : loud[-1] - 8000]
    windows = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
    rms: NDArray[np.float64] = np.sqrt((windows**2).mean(axis=1)) / (LEVEL / np.sqrt(2))
    return rms


def holes(ear: Ear, number: str) -> int:
    """How many 10 ms of a tone are 20 dB below it or more."""
    return int((loudness(ear, number) < 0.1).sum())


def within_3_db(ear: Ear, number: str) -> float:
    """How much of a tone has its level."""
    decibels = 20 * np.log10(np.maximum(loudness(ear, number), 1e-6))
    return float((np.abs(decibels) < 3).mean())


Heard = tuple[Ear, Ear, dict[str, Stream]]


@pytest.mark.parametrize("number", ["91", "92"])
@pytest.mark.interop("raw UDP", "a tone through 3 and 5 % loss", "no hole")
def test_a_tone_has_no_holes_where_3_or_5_per_cent_are_lost(heard: Heard, number: str) -> None:
    """Without concealment every loss is one: what this measures is there to be measured."""
    concealed, plain, _ = heard
    assert holes(concealed, number) <= 2
    assert holes(plain, number) > 60
    assert within_3_db(concealed, number) > 0.98


def test_a_long_loss_fades_and_most_of_a_burst_is_filled(heard: Heard) -> None:
    """PJSIP stretches what it has by 80 ms at most: what is gone for longer must not drone on."""
    concealed, plain, _ = heard
    assert holes(concealed, "93") < 0.6 * holes(plain, "93")
    assert within_3_db(concealed, "93") > 0.93


@pytest.mark.interop("raw UDP", "a tone through 60 ms of jitter", "its level kept")
def test_a_tone_keeps_its_level_through_60_ms_of_jitter(heard: Heard) -> None:
    concealed, _, _ = heard
    assert within_3_db(concealed, "94") > 0.95


@pytest.mark.parametrize("number", SKEWS)
@pytest.mark.interop(
    "raw UDP",
    "a sender's clock fast and slow, 720 ms in 30 s as 200 ppm in an hour",
    "the delay stays bounded",
)
def test_a_clock_that_is_not_ours_does_not_add_up(heard: Heard, number: str) -> None:
    """Left alone, the clocks would be 720 ms apart at the end."""
    concealed, _, streams = heard
    sent = streams[number].sent[::EVERY]
    found = delays(sent, concealed.clicks(number))
    assert len(found) > 0.8 * len(sent)
    assert float(np.median(found[-20:])) < 0.15
    assert max(found) < 0.3


@pytest.mark.interop("raw UDP", "RFC 3389 comfort noise", "silence; the sound after it whole")
def test_comfort_noise_is_silence_and_the_sound_after_it_is_whole(heard: Heard) -> None:
    """RFC 3389's payload is no G.711: played as that it would crackle."""
    concealed, _, _ = heard
    sound = np.abs(concealed.sound(SUPPRESSED).astype(np.int32))
    loud = np.flatnonzero(sound > LEVEL / 2)
    silence = int(np.argmax(np.diff(loud)))
    begin, end = int(loud[silence]), int(loud[silence + 1])
    assert (end - begin) / 8000 == pytest.approx(PAUSE_S, abs=0.4)
    assert sound[begin + 4000 : end - 800].max() < 33  # -60 dBFS, half a second after it began
    assert (sound[end : end + 8000 * 2].reshape(-1, WINDOW).max(axis=1) > LEVEL / 2).all()


@pytest.mark.interop(
    "raw UDP", "silence suppression", "the call lives; one who is gone is hung up on"
)
def test_a_caller_who_is_silent_on_the_wire_stays_and_one_who_is_gone_does_not(
    tmp_path: Path,
) -> None:
    """Three callers ask, pause and ask again: with comfort noise, with RTCP alone, with nothing.

    ``sip.media_timeout_s`` is shorter than the pause; what the first two send in it is a sign of
    life, and what they do not send is not lost.
    """
    first = spoken("what are your opening hours on friday")
    second = spoken("how do i pay my water bill")
    quiet = pause(PAUSE_S, noise_every=0)
    sounds = {
        "noise": [*first, *pause(PAUSE_S), *resumed(second), *pause(2.0)],
        "reports": [*first, *quiet, *resumed(second), *pause(2.0, noise_every=0)],
        "nothing": [*first, *quiet, *quiet],
    }
    with node(tmp_path, SIP__MEDIA_TIMEOUT_S="3") as served, ExitStack() as stack:
        callers, streams = {}, []
        for name, sound in sounds.items():
            caller = stack.enter_context(RawCaller(served.address))
            caller.answered()
            callers[name] = caller
            stream = Stream(caller.rtp, caller.remote_rtp, sound, reports=name != "nothing")
            streams.append(stack.enter_context(stream))
        for stream in streams:
            stream.wait(30)
        for name in ("noise", "reports"):
            callers[name].request("BYE")
            callers[name].expect(status=200, method="BYE")
        records = {
            events(record, "Ringing")[0]["sip_call_id"]: record
            for record in ended(served.data, count=3)
        }
    codes = {name: outcome(records[caller.call_id]) for name, caller in callers.items()}
    assert codes == {
        "noise": "caller-hung-up",
        "reports": "caller-hung-up",
        "nothing": "media-stopped",
    }
    for name in ("noise", "reports"):
        record = records[callers[name].call_id]
        told = events(record, "Quality")[-1]
        assert (told["lost"], told["discarded"]) == (0, 0), name
        documents = {line["document"] for line in events(record, "ReplyBegun")}
        assert {"hours.en.md", "paying.en.md"} <= documents, name
