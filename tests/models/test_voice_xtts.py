"""XTTS v2 by coqui-tts's own code, with random weights: presets, clones, one model for all."""

import asyncio
import random
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import structlog

from sipagent.engines.speakers import PRESETS, ConsentMissing, load_clone, load_presets
from sipagent.engines.tts_xtts import XttsVoice
from sipagent.engines.xtts_model import SPEAKERS_FOLDER, XttsModel, find_model
from sipagent.errors import ConfigError, EngineError, ModelMissing
from sipagent.ports import Voice
from sipagent.text.language import Language
from tests.contract.telephone import spoken
from tests.contract.voice_streams import *  # noqa: F403  # the suite of streams runs here
from tests.contract.voice_streams import texts
from tests.models.conftest import consent, xtts
from tests.models.tiny_xtts import make_sample

pytestmark = pytest.mark.timeout(300)  # PyTorch beside others takes its time

SHORT = "please tell me your account number"


@pytest.fixture
def streaming(loaded: XttsVoice) -> Voice:
    return loaded


# ---------------------------------------------------------------------- licence and files


def test_without_a_word_on_the_licence_it_does_not_load(models_dir: Path) -> None:
    with pytest.raises(ConfigError, match=r"may not serve a business .*may_use_weights"):
        xtts(models_dir, may_use_weights=False)


def test_the_licence_is_told_whenever_it_loads(models_dir: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        xtts(models_dir)
    [told] = [entry for entry in logs if entry["log_level"] == "warning"]
    assert "non-commercial" in told["licence"]


def test_a_model_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"hf download coqui/XTTS-v2 --local-dir .*xtts-v2"):
        find_model("xtts-v2", tmp_path)


def test_half_a_model_is_missing_its_parts(tmp_path: Path) -> None:
    (tmp_path / "xtts-v2").mkdir()
    (tmp_path / "xtts-v2" / "config.json").touch()
    with pytest.raises(ModelMissing, match=r"model\.pth, vocab\.json missing"):
        find_model("xtts-v2", tmp_path)


def test_files_that_are_no_model_are_said_to_be_none(tmp_path: Path) -> None:
    for part in ("config.json", "model.pth", "vocab.json"):
        (tmp_path / part).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelMissing, match="does not load on cpu"):
        XttsModel(tmp_path, "cpu", 1, tmp_path)


# ---------------------------------------------------------------------- presets


def test_the_presets_that_ship_are_gulf_standard_and_english() -> None:
    presets = load_presets(PRESETS)
    assert {name: preset.language for name, preset in presets.items()} == {
        "gulf-arabic": Language.AR,
        "msa": Language.AR,
        "uae-english": Language.EN,
    }


def test_an_unknown_preset_is_named_with_those_that_exist(models_dir: Path) -> None:
    with pytest.raises(ConfigError, match="no preset is called 'opera'; there are: gulf-arabic"):
        xtts(models_dir, arabic="opera")


def test_a_preset_of_the_other_language_is_refused(models_dir: Path) -> None:
    with pytest.raises(ConfigError, match="uae-english is not for ar"):
        xtts(models_dir, arabic="uae-english")


def test_a_speaker_that_the_model_lacks_is_named(models_dir: Path, tmp_path: Path) -> None:
    presets(tmp_path, 'language = "ar"\naccent = "x"\nspeaker = "Nobody"')
    with pytest.raises(ModelMissing, match="no speaker 'Nobody'; it has Ana Florence"):
        xtts(models_dir, presets=tmp_path, arabic="own")


async def test_a_preset_speaks_with_recordings_of_its_own(models_dir: Path, tmp_path: Path) -> None:
    make_sample(tmp_path / "gulf-1.wav", 4.0)
    make_sample(tmp_path / "gulf-2.wav", 5.0)
    table = 'samples = ["gulf-1.wav", "gulf-2.wav"]\nrights = "agreed with the speaker, 2026-02-01"'
    presets(tmp_path, f'language = "ar"\naccent = "Gulf"\n{table}')
    engine = xtts(models_dir, presets=tmp_path, arabic="own")
    assert texts(await spoken(engine, "مرحبا بك", Language.AR)) == "مرحبا بك"
    await engine.close()


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('samples = ["a.wav"]', "say in rights who allowed their use"),
        ('samples = ["a.wav"]\nrights = "x"\nspeaker = "y"', "either a speaker"),
        ("", "either a speaker"),
        ('speaker = "y"\ncolour = "red"', "colour"),
    ],
)
def test_a_preset_that_is_not_right_says_why(tmp_path: Path, table: str, why: str) -> None:
    presets(tmp_path, f'language = "ar"\naccent = "Gulf"\n{table}')
    with pytest.raises(ConfigError, match=why):
        load_presets(tmp_path)


def presets(folder: Path, own: str) -> None:
    """A presets file with the table ``own``, and the English one that ships."""
    english = 'language = "en"\naccent = "x"\nspeaker = "Ana Florence"'
    (folder / "presets.toml").write_text(
        f"[own]\n{own}\n[uae-english]\n{english}\n", encoding="utf-8"
    )


# ---------------------------------------------------------------------- clones


async def test_a_person_who_agreed_is_cloned_in_both_languages(
    models_dir: Path, agreed: Path
) -> None:
    engine = xtts(models_dir, clone=agreed)
    assert texts(await spoken(engine, SHORT, Language.EN)) == SHORT
    assert texts(await spoken(engine, "مرحبا بك", Language.AR)) == "مرحبا بك"
    await engine.close()


async def test_clones_share_the_model_and_its_line(loaded: XttsVoice, agreed: Path) -> None:
    tenant = await loaded.cloned(agreed)
    own, theirs = await asyncio.gather(
        spoken(loaded, SHORT, Language.EN), spoken(tenant, SHORT, Language.EN)
    )
    assert texts(own) == texts(theirs) == SHORT
    assert own[0].pcm != theirs[0].pcm
    await tenant.close()
    assert texts(await spoken(loaded, "hello there", Language.EN)) == "hello there"


async def test_without_consent_nobody_is_cloned(loaded: XttsVoice, agreed: Path) -> None:
    (agreed / "consent.toml").unlink()
    with pytest.raises(ConsentMissing, match=r"must say who agreed to it \(person\), when"):
        await loaded.cloned(agreed)


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ('person = "Aisha Example"\n', "", "person: Field required"),
        ("I agree", "ok", None),
        ("2026-03-01", "2999-01-01", "a day that is to come"),
        ("given = 2026-03-01", 'given = "some day"', "given"),
        ('words = "', 'words = "no" #', "words"),
        ("sample_sha256", "withdrawn = 2026-04-01\nsample_sha256", "has withdrawn the consent"),
    ],
)
def test_a_consent_that_is_not_whole_is_none(
    agreed: Path, was: str, becomes: str, why: str | None
) -> None:
    file = agreed / "consent.toml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    if why is None:
        assert load_clone(agreed, date(2026, 5, 1)).samples
        return
    with pytest.raises(ConsentMissing, match=why):
        load_clone(agreed, date(2026, 5, 1))


def test_a_consent_to_another_recording_is_none(agreed: Path) -> None:
    make_sample(agreed / "sample.wav", seconds=14.0)
    with pytest.raises(ConsentMissing, match="to another recording"):
        load_clone(agreed, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("seconds", "level", "rate_hz", "why"),
    [
        (3.0, 0.1, 24000, r"3\.0 s of speech; a voice takes 6 s to 60 s, best about 13 s"),
        (70.0, 0.1, 24000, r"70\.0 s of speech"),
        (13.0, 0.0001, 24000, "too quiet"),
        (13.0, 0.1, 8000, "WAV at 16000 Hz or more"),
    ],
)
async def test_a_sample_that_cannot_carry_a_voice_is_refused(
    loaded: XttsVoice, agreed: Path, seconds: float, level: float, rate_hz: int, why: str
) -> None:
    sha256 = make_sample(agreed / "sample.wav", seconds, rate_hz, level)
    (agreed / "consent.toml").write_text(consent(sha256), encoding="utf-8")
    with pytest.raises(ModelMissing, match=why):
        await loaded.cloned(agreed)


async def test_latents_are_kept_by_content_and_dropped_with_the_consent(
    loaded: XttsVoice, models_dir: Path, agreed: Path
) -> None:
    kept = models_dir / SPEAKERS_FOLDER
    before = set(kept.glob("*"))
    await loaded.cloned(agreed)
    [file] = set(kept.glob("*")) - before
    written = file.stat().st_mtime_ns
    await loaded.cloned(agreed)
    assert file.stat().st_mtime_ns == written
    withdrawn = (agreed / "consent.toml").read_text(encoding="utf-8") + "withdrawn = 2026-04-01\n"
    (agreed / "consent.toml").write_text(withdrawn, encoding="utf-8")
    with pytest.raises(ConsentMissing):
        await loaded.cloned(agreed)
    assert not file.exists()


async def test_damaged_latents_are_made_again(
    loaded: XttsVoice, models_dir: Path, agreed: Path
) -> None:
    before = set((models_dir / SPEAKERS_FOLDER).glob("*"))
    await loaded.cloned(agreed)
    [file] = set((models_dir / SPEAKERS_FOLDER).glob("*")) - before or before
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    tenant = await loaded.cloned(agreed)
    assert len(file.read_bytes()) == len(whole)
    assert texts(await spoken(tenant, "hello there", Language.EN)) == "hello there"


# ---------------------------------------------------------------------- one model for all calls


async def test_the_same_words_sound_the_same(loaded: XttsVoice) -> None:
    first = await spoken(loaded, SHORT, Language.EN)
    again = await spoken(loaded, SHORT, Language.EN)
    one, same = (
        np.frombuffer(b"".join(piece.pcm for piece in said), "<i2").astype(np.float64)
        for said in (first, again)
    )
    assert len(one) == len(same)
    assert np.corrcoef(one, same)[0, 1] > 0.99


async def test_the_random_numbers_of_others_are_left_alone(loaded: XttsVoice) -> None:
    drawn = set()
    for _ in range(3):
        await spoken(loaded, "hello there", Language.EN)
        drawn.add((random.random(), float(np.random.random())))
    assert len(drawn) == 3


async def test_calls_wait_for_their_turn_and_the_wait_is_told(loaded: XttsVoice) -> None:
    tasks = [asyncio.create_task(spoken(loaded, SHORT, Language.EN)) for _ in range(3)]
    waited_s = 0.0
    while not all(task.done() for task in tasks):
        waited_s = max(waited_s, loaded.waited_s)
        await asyncio.sleep(0.02)
    assert waited_s > 0.05
    assert loaded.waited_s == 0.0
    assert {texts(await task) for task in tasks} == {SHORT}


async def test_a_full_line_refuses_at_once(models_dir: Path) -> None:
    engine = xtts(models_dir, waiting=1)
    tasks = [asyncio.create_task(spoken(engine, SHORT, Language.EN)) for _ in range(4)]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    refused = [one for one in results if isinstance(one, EngineError)]
    assert refused
    assert all("requests wait" in str(one) for one in refused)
    assert [one for one in results if isinstance(one, list)]
    await engine.close()


async def test_work_that_nobody_wants_stops_at_the_next_chunk(models_dir: Path) -> None:
    """A chunk is two tokens here, and a clause sixteen: the rest of it is never made."""
    engine = xtts(models_dir, chunk_tokens=2)
    began = time.monotonic()
    whole = await spoken(engine, SHORT, Language.EN)
    whole_s = time.monotonic() - began
    stream = engine.speak(SHORT, Language.EN, 8000)
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    began = time.monotonic()
    assert await spoken(engine, "hello", Language.EN)
    next_s = time.monotonic() - began
    assert whole
    assert next_s < whole_s * 1.5
    await engine.close()


async def test_a_mark_for_pace_is_followed(loaded: XttsVoice) -> None:
    plain = sum(one.samples for one in await spoken(loaded, SHORT, Language.EN))
    slow = await spoken(loaded, f'<prosody rate="50%">{SHORT}</prosody>', Language.EN)
    assert sum(one.samples for one in slow) > 1.5 * plain


async def test_a_closed_voice_refuses(models_dir: Path) -> None:
    engine = xtts(models_dir)
    await engine.close()
    with pytest.raises(EngineError):
        await spoken(engine, SHORT, Language.EN)
