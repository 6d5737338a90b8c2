"""A call as episodes, on packets made by hand."""

import struct
from collections.abc import Sequence

from sipagent.cli.phone.line import Line, Party
from sipagent.cli.phone.report import Referral
from sipagent.cli.phone.rtp import Direction, Packet
from sipagent.cli.scenario.evidence import COARSE, FINE, Act, Cuts, Episode, cut, episodes
from sipagent.ports import Transcript
from sipagent.text.language import Language

MS = 1_000_000
SILENCE, SPEECH = b"\xff" * 160, b"\x80\x00" * 80
RX, TX = Direction.RECEIVED, Direction.SENT


class Tape:
    """A tap that plays back records."""

    def __init__(self) -> None:
        self.records = b""

    def add(self, way: Direction, start_ms: int, end_ms: int) -> None:
        """Speech in packets of 20 ms."""
        for at_ms in range(start_ms, end_ms, 20):
            self.packet(way, at_ms, SPEECH)

    def packet(
        self,
        way: Direction,
        at_ms: int,
        payload: bytes,
        payload_type: int = 0,
        began_ms: int | None = None,
    ) -> None:
        timestamp = 8 * (at_ms if began_ms is None else began_ms)
        head = struct.pack(
            "<QBBBxHHI", at_ms * MS, way, 0, payload_type, 0, len(payload), timestamp
        )
        self.records += head + payload

    def read(self) -> bytes:
        records, self.records = self.records, b""
        return records


async def hear(pcm: bytes) -> Transcript:
    """A recogniser that tells how many packets it was given, silence around them aside."""
    return Transcript(f"{(len(pcm) - 2 * 2400) // 320}", Language.EN, 1.0)


async def call(
    agent: Sequence[tuple[int, int]],
    caller: Sequence[tuple[int, int]],
    acts: Sequence[int],
    referrals: Sequence[Referral] = (),
) -> tuple[Episode, ...]:
    """Who spoke from when to when, and when the caller's acts began; the call ends at 10 s."""
    tape, line = Tape(), Line()
    line.connect(Party.AGENT, tape)
    for way, spans in ((RX, agent), (TX, caller)):
        for start_ms, end_ms in spans:
            tape.add(way, start_ms, end_ms)
            line.poll(end_ms * MS)
    line.poll(10_000 * MS)
    steps = [Act(number, at_ms * MS) for number, at_ms in enumerate(acts)]
    return await episodes(line, steps, referrals, 0, 10_000 * MS, "agent", hear)


async def test_an_episode_goes_from_one_act_to_the_next() -> None:
    before, first = await call([(0, 1000), (3000, 4000)], [(2000, 2500)], [1950])
    assert (before.step, before.at_ms, before.until_ms) == (-1, 0, 1950)
    assert (first.step, first.at_ms, first.until_ms) == (0, 1950, 10_000)
    assert [(one.start_ms, one.end_ms) for one in first.agent] == [(3000, 3980)]
    assert (first.first_ms, first.last_ms, first.response_ms) == (2000, 2480, 520)
    assert (before.ended_by, first.ended_by) == ("", "agent")


async def test_speech_that_is_interrupted_is_cut_where_the_caller_begins() -> None:
    before, first = await call([(0, 2200)], [(2040, 2500)], [2000])
    assert [(one.end_ms, one.goes_on, one.text) for one in before.agent] == [(2000, False, "101")]
    assert [(one.start_ms, one.goes_on, one.text) for one in first.agent] == [(2000, True, "10")]
    assert first.text == ""  # the tail of a word is nothing that was said
    assert first.response_ms is None
    assert first.stopped_ms == 2180


async def test_an_agent_that_stops_between_words_stopped_with_the_last_one() -> None:
    before, first = await call([(0, 1900)], [(2040, 2500)], [2000])
    assert (before.before_ms, first.before_ms) == (None, 1880)
    assert first.stopped_ms == 1880
    _, late = await call([(0, 1700)], [(2040, 2500)], [2000])
    assert late.stopped_ms is None


async def test_an_agent_that_goes_on_is_heard_again() -> None:
    _, first = await call([(0, 2200), (3000, 5000)], [(2040, 2500)], [2000])
    assert [one.goes_on for one in first.agent] == [True, False]
    assert first.text == "100"


async def test_an_answer_that_the_last_key_comes_late_for_took_no_time() -> None:
    _, first = await call([(2300, 4000)], [(2000, 2200), (2500, 2600)], [1990])
    assert (first.last_ms, first.response_ms) == (2580, 0)


async def test_the_callers_pauses_belong_to_his_act() -> None:
    _, first = await call([(7000, 8000)], [(2000, 2500), (4000, 4500)], [1990])
    assert [(one.start_ms, one.end_ms) for one in first.caller] == [(2000, 2480), (4000, 4480)]
    assert first.response_ms == 7000 - 4480


async def test_keys_count_from_when_the_first_is_pressed_to_when_the_last_is() -> None:
    tape, line = Tape(), Line()
    line.connect(Party.AGENT, tape)
    for at_ms, pressed_ms in ((2000, 2000), (2020, 2000), (2300, 2300), (2320, 2300)):
        tape.packet(TX, at_ms, b"\x01\x0a\x00\xa0", 101, pressed_ms)
    tape.packet(TX, 2500, b"\xff", 13)  # comfort noise
    line.poll(5000 * MS)
    _, first = await episodes(line, [Act(0, 1990 * MS)], (), 0, 6000 * MS, "caller", hear)
    assert (first.first_ms, first.last_ms) == (2000, 2300)


async def test_a_transfer_belongs_to_the_episode_in_which_it_came() -> None:
    early, late = (Referral(at_ms, "", "desk", {}) for at_ms in (2500, 9999))
    before, first, second = await call([], [], [2000, 4000], [early, late])
    assert (before.referrals, first.referrals, second.referrals) == ((), (early,), (late,))


def packets(*lengths_ms: int) -> list[Packet]:
    """Speech and silence in turn."""
    found: list[Packet] = []
    for number, length_ms in enumerate(lengths_ms):
        payload = SILENCE if number % 2 else SPEECH
        found += [Packet(0, RX, 0, 0, 0, payload)] * (length_ms // 20)
    return found


def test_speech_is_cut_in_its_pauses_where_the_part_is_long_enough() -> None:
    said = packets(800, 300, 200, 300, 800)
    assert [len(part) * 20 for part in cut(said, Cuts(300, 600))] == [1100, 1300]
    assert [len(part) * 20 for part in cut(said, Cuts(320, 600))] == [2400]
    assert [len(part) * 20 for part in cut(said, FINE)] == [1100, 500, 800]
    assert [len(part) * 20 for part in cut(said, COARSE)] == [1100, 1300]
    assert cut([], FINE) == []
