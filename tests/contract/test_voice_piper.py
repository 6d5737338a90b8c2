"""Piper's own code with voices of random weights: files, speakers, pace, words, threads."""

import asyncio
import builtins
import json
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sipagent.engines.tts_piper import PiperVoice, find_voice
from sipagent.errors import EngineError, ModelMissing
from sipagent.ports import Speech
from sipagent.text.language import Language
from tests.contract.telephone import spoken
from tests.peers.tiny_piper import make_voices

SHORT = "please tell me your account number"


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_voices(folder)
    return folder


def tiny(models_dir: Path, **settings: object) -> PiperVoice:
    return PiperVoice.from_settings(
        {"english": "tiny-en", "arabic": "tiny-ar", "models_dir": models_dir, **settings}
    )


@pytest.fixture
async def voice(models_dir: Path) -> AsyncIterator[PiperVoice]:
    engine = tiny(models_dir)
    yield engine
    await engine.close()


async def length_s(voice: PiperVoice, text: str, language: Language = Language.EN) -> float:
    return sum(speech.samples for speech in await spoken(voice, text, language)) / 8000


# ---------------------------------------------------------------------- files


def test_a_voice_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"python -m piper\.download_voices .* en_GB-cori-high"):
        find_voice("en_GB-cori-high", tmp_path, Language.EN)


def test_a_voice_without_its_description_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "half.onnx").touch()
    with pytest.raises(ModelMissing, match=r"half\.onnx\.json"):
        find_voice("half", tmp_path, Language.EN)


def test_a_voice_is_found_by_path_by_name_and_in_the_folder_of_its_language(tmp_path: Path) -> None:
    own = tmp_path / "ar"
    own.mkdir()
    for file in (tmp_path / "one.onnx", own / "one.onnx"):
        file.touch()
        file.with_name("one.onnx.json").touch()
    assert find_voice("one", tmp_path, Language.AR) == own / "one.onnx"
    assert find_voice("one", tmp_path, Language.EN) == tmp_path / "one.onnx"
    assert find_voice(str(own / "one.onnx"), Path("nowhere"), Language.EN) == own / "one.onnx"


@pytest.mark.parametrize("damaged", ["tiny-en.onnx", "tiny-en.onnx.json"])
def test_a_file_that_is_no_voice_is_said_to_be_none(tmp_path: Path, damaged: str) -> None:
    make_voices(tmp_path)
    (tmp_path / "piper" / damaged).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelMissing, match="does not load as a Piper voice"):
        tiny(tmp_path)


def test_without_the_package_it_is_the_package_that_lacks(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(ImportError) as caught:
        tiny(models_dir)
    assert caught.value.name == "piper"


# ---------------------------------------------------------------------- how it speaks


async def test_each_language_of_a_mixed_clause_is_spoken_by_its_own_voice(tmp_path: Path) -> None:
    """The Arabic voice is ten times as long here, so a part in English is told by its length."""
    make_voices(tmp_path)
    described = tmp_path / "piper" / "tiny-ar.onnx.json"
    description = json.loads(described.read_text(encoding="utf-8"))
    description["inference"]["length_scale"] = 10.0
    described.write_text(json.dumps(description), encoding="utf-8")
    engine = tiny(tmp_path)
    [speech] = await spoken(engine, "افتح Wi-Fi في التطبيق.", Language.AR)
    await engine.close()
    length = {word.text: (word.end - word.start) / len(word.text) for word in speech.words}
    assert length["افتح"] > 4 * length["Wi-Fi"]


async def test_arabic_is_spoken_with_its_short_vowels(voice: PiperVoice) -> None:
    """Written out by hand or not they are there; the letters alone sound shorter, by 3 % here."""
    bare = await length_s(voice, "مدرسة كبيرة", Language.AR)
    vowelled = await length_s(voice, "مَدْرَسَة كَبِيرَة", Language.AR)
    assert bare == pytest.approx(vowelled, rel=0.005)


@pytest.mark.parametrize("language", Language)
async def test_pace_shortens_and_lengthens(models_dir: Path, language: Language) -> None:
    text = SHORT if language is Language.EN else "من فضلك اذكر رقم الحساب"
    lengths = []
    for pace in (0.7, 1.0, 1.6):
        engine = tiny(models_dir, english_pace=pace, arabic_pace=pace)
        lengths.append(await length_s(engine, text, language))
        await engine.close()
    assert lengths[0] > 1.1 * lengths[1] > 1.2 * lengths[2]


async def test_a_mark_for_pace_is_followed(voice: PiperVoice) -> None:
    slow = await length_s(voice, f'<prosody rate="70%">{SHORT}</prosody>')
    assert slow > 1.15 * await length_s(voice, SHORT)


async def test_a_speaker_is_chosen_and_one_that_is_not_there_refused(tmp_path: Path) -> None:
    make_voices(tmp_path, speakers=3)
    for number in (0, 2):
        engine = tiny(tmp_path, english_speaker=number)
        assert await length_s(engine, "hello there") > 0.2
        await engine.close()
    with pytest.raises(ModelMissing, match="has 3 speakers, and none 3"):
        tiny(tmp_path, english_speaker=3)


# ---------------------------------------------------------------------- words


def shares(speech: Speech) -> list[float]:
    return [(word.end - word.start) / speech.samples for word in speech.words]


async def test_words_lie_where_their_phonemes_do(tmp_path: Path) -> None:
    """How "mmmm" is said, its letters do not tell; the same word twice lasts as long twice."""
    make_voices(tmp_path)
    told = await spoken(tiny(tmp_path), "hello hello mmmm", Language.EN)
    make_voices(tmp_path, alignable=False)
    guessed = await spoken(tiny(tmp_path), "hello hello mmmm", Language.EN)
    assert shares(told[0])[0] == pytest.approx(shares(told[0])[1], abs=0.02)
    assert shares(guessed[0])[0] == pytest.approx(5 / 14, abs=0.05)
    assert told[0].samples == pytest.approx(guessed[0].samples, rel=0.03)
    assert shares(told[0]) != pytest.approx(shares(guessed[0]), abs=0.02)


@pytest.mark.parametrize("text", ["the visit of the man is free", "it costs twenty-five dirhams"])
async def test_words_that_run_together_still_have_places(voice: PiperVoice, text: str) -> None:
    [speech] = await spoken(voice, text, Language.EN)
    assert " ".join(word.text for word in speech.words) == text
    edges = [edge for word in speech.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert sum(share > 0 for share in shares(speech)) >= len(speech.words) - 1


async def test_without_the_onnx_package_words_are_placed_by_their_letters(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    [speech] = await spoken(tiny(models_dir), SHORT, Language.EN)
    assert " ".join(word.text for word in speech.words) == SHORT


# ---------------------------------------------------------------------- threads


class Gate:
    """Lets the synthesis of Piper's session through only when it is opened."""

    def __init__(self, run: Callable[..., object]) -> None:
        self.run, self.opened, self.entered = run, threading.Event(), threading.Event()
        self.calls = 0

    def __call__(self, *arguments: object) -> object:
        self.calls += 1
        self.entered.set()
        self.opened.wait(10)
        return self.run(*arguments)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    from piper import PiperVoice as Theirs

    gate = Gate(Theirs.phoneme_ids_to_audio)
    monkeypatch.setattr(Theirs, "phoneme_ids_to_audio", lambda *a, **k: gate(*a))
    return gate


async def test_a_full_line_refuses_at_once_and_tells_how_long_it_is(
    models_dir: Path, gate: Gate
) -> None:
    engine = tiny(models_dir, waiting=1)
    first = asyncio.create_task(spoken(engine, "hello there", Language.EN))
    await asyncio.to_thread(gate.entered.wait, 5)
    second = asyncio.create_task(spoken(engine, "hello there", Language.EN))
    await asyncio.sleep(0.05)
    assert 0.0 < engine.waited_s < 5
    with pytest.raises(EngineError, match="piper: 1 requests wait"):
        await spoken(engine, "hello there", Language.EN)
    gate.opened.set()
    assert all([await first, await second])
    assert engine.waited_s == 0.0
    await engine.close()


async def test_a_cancelled_clause_that_waits_is_never_synthesised(
    models_dir: Path, gate: Gate
) -> None:
    engine = tiny(models_dir)
    first = asyncio.create_task(spoken(engine, "hello there", Language.EN))
    await asyncio.to_thread(gate.entered.wait, 5)
    second = asyncio.create_task(spoken(engine, "nobody wants this", Language.EN))
    await asyncio.sleep(0.05)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert engine.waited_s == 0.0
    gate.opened.set()
    assert await first
    assert await spoken(engine, "hello there", Language.EN)
    assert gate.calls == 2
    await engine.close()


async def test_a_failed_synthesis_is_an_engine_error(
    voice: PiperVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piper import PiperVoice as Theirs

    def burnt(*_: object, **__: object) -> object:
        raise builtins.RuntimeError("the model is on fire")

    with monkeypatch.context() as patch:
        patch.setattr(Theirs, "phoneme_ids_to_audio", burnt)
        with pytest.raises(EngineError, match="piper: RuntimeError: the model is on fire"):
            await spoken(voice, SHORT, Language.EN)
    assert await spoken(voice, SHORT, Language.EN)


async def test_a_closed_voice_refuses(models_dir: Path) -> None:
    engine = tiny(models_dir)
    await engine.close()
    await engine.close()
    with pytest.raises(EngineError):
        await spoken(engine, SHORT, Language.EN)


async def test_several_workers_speak_at_once(models_dir: Path, gate: Gate) -> None:
    engine = tiny(models_dir, workers=3)
    tasks = [asyncio.create_task(spoken(engine, "hello there", Language.EN)) for _ in range(3)]
    await asyncio.to_thread(gate.entered.wait, 5)
    await asyncio.sleep(0.1)
    assert engine.waited_s == 0.0
    gate.opened.set()
    assert all(await asyncio.gather(*tasks))
    await engine.close()
