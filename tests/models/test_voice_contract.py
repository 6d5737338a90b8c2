"""What every voice must do, by XTTS v2 with whole clauses."""

from pathlib import Path

import pytest

from sipagent.engines.tts_xtts import XttsVoice
from sipagent.ports import Voice
from tests.contract.test_voice_contract import *  # noqa: F403  # the suite runs here
from tests.models.conftest import xtts

pytestmark = pytest.mark.timeout(300)  # PyTorch beside others takes its time


@pytest.fixture(scope="session")
def whole(models_dir: Path) -> XttsVoice:
    return xtts(models_dir, first_ms=0)


@pytest.fixture
def voice(whole: XttsVoice) -> Voice:
    return whole
