"""Interrupting, coughing and keying, over SIP and RTP."""

import asyncio
import wave
from pathlib import Path

import numpy as np

from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.text.language import Language
from tests.contract.telephone import spoken
from tests.peers.phone import Phone, Talk
from tests.peers.processes import Node, node
from tests.peers.records import ended, events, outcome

VOICED_SAMPLES = 1040  # 130 ms, which the VAD hears as up to 250


def test_a_caller_interrupts_and_the_record_tells_heard_from_unheard(
    own_node: Node, tmp_path: Path
) -> None:
    talk = Phone(
        own_node,
        tmp_path / "phone",
        "@1 how do i pay my water bill",
        "+2.0 what are your opening hours on friday",
        "goodbye",
    ).talk()
    (record,) = ended(own_node.data)
    assert outcome(record) == "goodbye"
    greeting, answer = events(record, "Interrupted")
    assert greeting["heard"].startswith("Welcome to")
    assert answer["by"] == "speech"
    begun = [line["text"] for line in events(record, "ReplyBegun") if line["reply"] == 2]
    assert " ".join(begun) == f"{answer['heard']} {answer['unheard']}"
    assert answer["heard"]
    played = [line for line in events(record, "WordsPlayed") if line["reply"] == 2]
    assert [(line["text"], line["whole"]) for line in played] == [(answer["heard"], False)]
    assert talk.result["barge_ins_ms"]
    assert_agent_is_silent_after_barge_in(talk)


def assert_agent_is_silent_after_barge_in(talk: Talk) -> None:
    """By the recording, not by the record: nothing of the cut reply sounds any more."""
    with wave.open(str(talk.wav)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    caller = talk.said("caller")[1]
    begin = round((caller["start_ms"] + 400) * rate / 1000)
    end = round((caller["end_ms"] - 100) * rate / 1000)
    level = np.sqrt(np.mean(np.square(samples[begin:end, 1].astype(np.float64))))
    assert level < 33, f"agent at {level:.0f} of 32768 while the caller speaks"


async def test_a_short_sound_does_not_cost_the_rest_of_the_answer(tmp_path: Path) -> None:
    """A moment of voice pauses the agent; it goes on where it stood, to its end."""
    (speech,) = await spoken(EspeakVoice(), "ah", Language.EN)
    samples = np.frombuffer(speech.pcm, "<i2")
    loud = np.flatnonzero(np.abs(samples) > 1000)[0]
    cough = tmp_path / "cough.wav"
    with wave.open(str(cough), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples[loud : loud + VOICED_SAMPLES].tobytes())
    with node(tmp_path) as patient:
        phone = Phone(patient, tmp_path / "phone", f"+1.0 {cough}", "goodbye")
        await asyncio.to_thread(phone.talk)
        (record,) = ended(patient.data)
    kinds = [line["event"] for line in record]
    assert kinds.index("PlayoutPaused") < kinds.index("PlayoutResumed") < kinds.index("WordsPlayed")
    assert not events(record, "Interrupted")
    assert events(record, "WordsPlayed")[0]["whole"]


def test_digit_zero_leads_to_a_human(own_node: Node, tmp_path: Path) -> None:
    Phone(own_node, tmp_path / "phone", "@1 #0", options=("--no-follow", "--max-s", "15")).talk()
    (record,) = ended(own_node.data)
    assert [line["digit"] for line in events(record, "DigitPressed")] == ["0"]
    assert [line["state"] for line in events(record, "TransferStep")] == ["referred", "refused"]
