"""Whole conversations over SIP and RTP: the caller asks, and hears the fact."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.peers.phone import Phone
from tests.peers.processes import Node, node
from tests.peers.records import Record, ended, events, outcome

Row = dict[str, Any]
ROWS: list[Row] = yaml.safe_load(
    Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8")
)


@pytest.fixture
def fresh_node(tmp_path: Path) -> Iterator[Node]:
    with node(tmp_path) as running:
        yield running


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_fact_is_recognised_in_what_the_caller_received(
    fresh_node: Node, tmp_path: Path, language: str
) -> None:
    rows = [row for row in ROWS if row["language"] == language]
    bye = {"en": "goodbye", "ar": "مع السلامة"}[language]
    phones = [
        Phone(
            fresh_node,
            tmp_path / str(number),
            f"@1 {row['turns'][0]['say']}",
            row["turns"][1]["say"],
            bye,
            options=("--hear", "--language", language, "--voice", row["voice"]),
        )
        for number, row in enumerate(rows)
    ]
    talks = [phone.talk() for phone in phones]
    for row, talk in zip(rows, talks, strict=True):
        heard = " ".join(item["text"] for item in talk.said("agent"))
        missing = [turn["fact"] for turn in row["turns"] if turn["fact"] not in heard]
        assert not missing, f"{missing} not in {heard!r}"
    records = ended(fresh_node.data, count=len(rows))
    assert [outcome(record) for record in records] == ["goodbye"] * len(rows)
    asked = sorted(tuple(turn["source"] for turn in row["turns"]) for row in rows)
    assert sorted(sources(record) for record in records) == asked


def sources(record: Record) -> tuple[str, ...]:
    """The document of each answered turn."""
    answers = {
        line["reply"]: line["document"] for line in events(record, "ReplyBegun") if line["document"]
    }
    return tuple(answers[reply] for reply in sorted(answers))
