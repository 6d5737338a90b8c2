"""Prompts on disk: spoken once, whole or not there, and never more than fits."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from sipagent.engines.prompt_store import SUFFIX, StoredVoice, made_by, whole
from sipagent.errors import EngineError
from sipagent.ports import Speech, SpokenWord
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR
PCM = bytes(range(200)) * 8  # 800 samples


class Voice:
    """Says each word as 100 ms, and counts how often it had to speak."""

    def __init__(self, name: str = "voice", pieces: bool = False) -> None:
        self.name = name
        self.spoken = 0
        self.closed = False
        self.fails = False
        self._pieces = pieces

    @property
    def waited_s(self) -> float:
        return 1.5

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        self.spoken += 1
        for word in text.split():
            if self._pieces:
                yield Speech("", language, PCM, rate_hz, ())
            yield Speech(word, language, PCM, rate_hz, (SpokenWord(word, 0, 700),))
            if self.fails:
                raise EngineError(self.name, "no breath")

    async def close(self) -> None:
        self.closed = True


async def said(
    voice: StoredVoice, text: str = "hello there", language: Language = EN, rate_hz: int = 8000
) -> list[Speech]:
    return [speech async for speech in voice.speak(text, language, rate_hz)]


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


async def test_the_second_time_a_prompt_comes_from_disk(tmp_path: Path) -> None:
    voice = Voice()
    first = await said(StoredVoice(voice, tmp_path, "a"))
    again = await said(StoredVoice(voice, tmp_path, "a"))
    assert again == first
    assert [speech.text for speech in again] == ["hello", "there"]
    assert voice.spoken == 1


@pytest.mark.parametrize(
    ("name", "made", "text", "language", "rate_hz"),
    [
        ("other", "a", "hello there", EN, 8000),
        ("voice", "b", "hello there", EN, 8000),
        ("voice", "a", "hello then", EN, 8000),
        ("voice", "a", "hello there", AR, 8000),
        ("voice", "a", "hello there", EN, 16000),
        ("voice", "a", '<prosody rate="slow">hello there</prosody>', EN, 8000),
    ],
)
async def test_whatever_changes_the_sound_is_another_file(
    tmp_path: Path, name: str, made: str, text: str, language: Language, rate_hz: int
) -> None:
    await said(StoredVoice(Voice(), tmp_path, "a"))
    other = Voice(name)
    await said(StoredVoice(other, tmp_path, made), text, language, rate_hz)
    assert other.spoken == 1
    assert len(files(tmp_path)) == 2


async def test_another_reading_of_the_same_text_is_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sipagent.text.clauses import Clause

    voice = Voice()
    await said(StoredVoice(voice, tmp_path, "a"), "it costs 25 AED")
    with monkeypatch.context() as patch:
        patch.setattr(Clause, "said", lambda *_: "it costs twenty five")
        await said(StoredVoice(voice, tmp_path, "a"), "it costs 25 AED")
    assert voice.spoken == 2


@pytest.mark.parametrize("cut", [0, 1, 18, 40, 60, 500, -1])
async def test_a_damaged_file_is_spoken_again_and_mended(tmp_path: Path, cut: int) -> None:
    voice = Voice()
    first = await said(StoredVoice(voice, tmp_path, "a"))
    [file] = files(tmp_path)
    data = file.read_bytes()
    file.write_bytes(data[:cut])
    assert await said(StoredVoice(voice, tmp_path, "a")) == first
    assert file.read_bytes() == data
    assert voice.spoken == 2


async def test_no_changed_octet_goes_unseen(tmp_path: Path) -> None:
    voice = Voice()
    first = await said(StoredVoice(voice, tmp_path, "a"))
    [file] = files(tmp_path)
    data = bytearray(file.read_bytes())
    for at in range(0, len(data), 97):
        file.write_bytes(bytes([*data[:at], data[at] ^ 0x55, *data[at + 1 :]]))
        before = voice.spoken
        assert await said(StoredVoice(voice, tmp_path, "a")) == first
        assert voice.spoken == before + 1


async def test_what_failed_or_was_cut_is_not_kept(tmp_path: Path) -> None:
    voice = Voice()
    voice.fails = True
    with pytest.raises(EngineError):
        await said(StoredVoice(voice, tmp_path, "a"))
    assert files(tmp_path) == []
    voice.fails = False
    stream = StoredVoice(voice, tmp_path, "a").speak("hello there", EN, 8000)
    task = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(await said(StoredVoice(voice, tmp_path, "a"))) == 2


async def test_a_prompt_without_sound_is_kept_too(tmp_path: Path) -> None:
    voice = Voice()
    assert await said(StoredVoice(voice, tmp_path, "a"), "") == []
    assert await said(StoredVoice(voice, tmp_path, "a"), "") == []
    assert voice.spoken == 1


async def test_pieces_that_end_no_word_are_joined_to_the_next(tmp_path: Path) -> None:
    voice = StoredVoice(Voice(pieces=True), tmp_path, "a")
    for _ in range(2):
        spoken = await said(voice)
        assert [speech.text for speech in spoken] == ["hello", "there"]
        assert [speech.samples for speech in spoken] == [1600, 1600]
        assert spoken[0].words == (SpokenWord("hello", 800, 1500),)


def test_silence_at_the_end_belongs_to_the_last_word() -> None:
    word = Speech("hello", EN, PCM, 8000, (SpokenWord("hello", 0, 700),))
    quiet = Speech("", EN, PCM, 8000, ())
    [joined] = whole([word, quiet])
    assert (joined.text, joined.samples, joined.words) == ("hello", 1600, word.words)
    assert whole([quiet]) == (quiet,)


async def test_those_not_used_for_longest_go_first(tmp_path: Path) -> None:
    await said(StoredVoice(Voice(), tmp_path / "one", "a"), "one two")
    [file] = files(tmp_path / "one")
    folder, room = tmp_path / "all", 3 * file.stat().st_size + 100
    voice = Voice()
    stored = StoredVoice(voice, folder, "a", most_bytes=room)
    for age_s, text in enumerate(("one two", "two one", "six ten")):
        before = set(files(folder))
        await said(stored, text)
        [newest] = set(files(folder)) - before
        os.utime(newest, (age_s + 1, age_s + 1))
    await said(stored, "one two")  # used again, so that "two one" is the oldest
    await said(stored, "ten six")
    assert len(files(folder)) == 3
    assert voice.spoken == 4
    for text in ("one two", "six ten", "ten six"):
        await said(stored, text)
    assert voice.spoken == 4
    await said(stored, "two one")
    assert voice.spoken == 5


async def test_one_prompt_larger_than_all_room_is_still_spoken(tmp_path: Path) -> None:
    voice = StoredVoice(Voice(), tmp_path, "a", most_bytes=10)
    assert len(await said(voice)) == 2
    assert len(await said(voice, "another one")) == 2
    assert len(files(tmp_path)) == 1


async def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    voice = Voice()
    for _ in range(2):
        assert len(await said(StoredVoice(voice, blocked / "folder", "a"))) == 2
    assert voice.spoken == 2


async def test_writers_at_once_leave_one_whole_file_and_no_other(tmp_path: Path) -> None:
    voice = Voice()
    spoken = await asyncio.gather(
        *(said(StoredVoice(voice, tmp_path, "a"), "the same words") for _ in range(8))
    )
    assert all(one == spoken[0] for one in spoken)
    assert os.listdir(tmp_path) == [file.name for file in files(tmp_path)]
    assert await said(StoredVoice(Voice(), tmp_path, "a"), "the same words") == spoken[0]


async def test_it_is_the_voice_in_all_else(tmp_path: Path) -> None:
    voice = Voice("mine")
    stored = StoredVoice(voice, tmp_path, "a")
    assert (stored.name, stored.waited_s) == ("mine", 1.5)
    await stored.close()
    assert voice.closed


def test_what_a_voice_is_made_of_has_one_name() -> None:
    voice = Voice()
    plain = made_by({"english": "a", "pitch": 3}, voice)
    assert made_by({"pitch": 3, "english": "a"}, voice) == plain
    assert made_by({"english": "b", "pitch": 3}, voice) != plain
    with_key = [made_by({"api_key": SecretStr(key)}, voice) for key in ("one", "two")]
    assert with_key[0] == with_key[1]


def test_another_model_under_the_same_name_is_another_voice(tmp_path: Path) -> None:
    class Loaded(Voice):
        model_files = (tmp_path / "voice.onnx", tmp_path / "missing")

    model = tmp_path / "voice.onnx"
    model.write_bytes(b"1")
    first = made_by({}, Loaded())
    assert first != made_by({}, Voice())
    model.write_bytes(b"22")
    assert made_by({}, Loaded()) != first
