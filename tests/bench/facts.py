"""How often the whole chain gives the caller the fact: unseen questions, over RTP.

Each conversation asks two questions in a voice that the recogniser was not trained on; the
phone recognises what it received. Voice, VAD, recogniser, retrieval and voice again all count.
"""

from pathlib import Path
from typing import Any

import yaml

from tests.bench.report import Row
from tests.peers.phone import Phone
from tests.peers.processes import node

DATA = Path(__file__).parent.parent / "data" / "conversations-unseen.yaml"
VOICES = {"en": ("en+f5", "en-us+m6", "en-gb-x-rp+m8"), "ar": ("ar+f5", "ar+m6", "ar+m8")}
AT_ONCE = 2


def facts(folder: Path) -> list[Row]:
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))["conversations"]
    measured = []
    with node(folder) as served:
        for language, voices in VOICES.items():
            own = [row for row in rows if row["language"] == language]
            found = asked = 0
            for first in range(0, len(own), AT_ONCE):
                phones = [
                    Phone(
                        served,
                        folder / f"{language}{number}",
                        f"@1 {own[number]['turns'][0]['question']}",
                        own[number]["turns"][1]["question"],
                        options=("--hear", "--language", language, "--voice", voices[number % 3]),
                    )
                    for number in range(first, min(first + AT_ONCE, len(own)))
                ]
                for offset, phone in enumerate(phones):
                    heard = " ".join(item["text"] for item in phone.talk().said("agent"))
                    wanted = [turn["fact_spoken"] for turn in own[first + offset]["turns"]]
                    found += sum(fact in heard for fact in wanted)
                    asked += len(wanted)
            name = f"facts heard by the caller, {language}, of {asked}"
            measured.append(Row(name, "", float(found)))
    return measured
