"""Measure the lexical responder on the frozen questions and wishes, beside plain BM25.

    python tools/evaluate_retrieval.py

Plain BM25 is the baseline: lower-cased words as they stand, no folding, stems, synonyms, kinds
of facts or refusal but where no word meets. Changes nothing and tunes nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any, Final, Protocol

import yaml

from sipagent.engines.wishes import wish_of
from sipagent.knowledge.documents import Document, load_documents
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.text.language import Language

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Reply:
    """What was found first, and what would be said; nothing where it is refused."""

    document: str
    section: str
    said: str


class Retrieval(Protocol):
    def reply(self, question: str, language: Language) -> Reply: ...


class Ours:
    """The product's index."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._index = LexicalIndex(documents)

    def reply(self, question: str, language: Language) -> Reply:
        best = self._index.best(question, language)
        answer = self._index.answer(question, language) or ()
        said = " ".join(sentence.text for sentence in answer)
        return Reply(best.document if best else "", best.section if best else "", said)


class PlainBm25:
    """BM25 over the words of sections, and of sentences within the best one."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._sections = [
            (document, section) for document in documents for section in document.sections
        ]

    def reply(self, question: str, language: Language) -> Reply:
        sections = [one for one in self._sections if one[0].language is language]
        texts = [
            " ".join((document.title, section.heading, *section.sentences))
            for document, section in sections
        ]
        best, score = _bm25(question, texts)
        document, section = sections[best]
        sentence, _ = _bm25(question, section.sentences)
        said = section.sentences[sentence] if score > 0 else ""
        return Reply(document.name, section.heading, said)


def _bm25(
    question: str, texts: Sequence[str], k1: float = 1.2, b: float = 0.75
) -> tuple[int, float]:
    """The number of the best text and its score."""
    counts = [Counter(_words(text)) for text in texts]
    mean = sum(map(Counter.total, counts)) / len(counts)
    scores = [0.0] * len(texts)
    for word in set(_words(question)):
        seen = sum(word in count for count in counts)
        idf = log(1 + (len(texts) - seen + 0.5) / (seen + 0.5))
        for number, count in enumerate(counts):
            norm = k1 * (1 - b + b * count.total() / mean)
            scores[number] += idf * count[word] * (k1 + 1) / (count[word] + norm)
    best = max(range(len(texts)), key=scores.__getitem__)
    return best, scores[best]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _share(hits: Iterable[bool]) -> str:
    found = list(hits)
    return f"{sum(found):3d} of {len(found):3d} = {100 * sum(found) / len(found):5.1f} %"


def _report_questions(name: str, retrieval: Retrieval, rows: Sequence[dict[str, Any]]) -> None:
    for language in Language:
        own = [row for row in rows if row["language"] == language.value]
        known = [(row, retrieval.reply(row["text"], language)) for row in own if row["source"]]
        other = [retrieval.reply(row["text"], language) for row in own if not row["source"]]
        right = [
            (one.document, one.section) == (row["source"], row["section"]) for row, one in known
        ]
        stated = [
            hit and row["fact"] in one.said for hit, (row, one) in zip(right, known, strict=True)
        ]
        refused = [not one.said for _, one in known]
        print(f"{name} {language.value}: right section first  {_share(right)}")
        print(f"{name} {language.value}: fact in the answer   {_share(stated)}")
        print(f"{name} {language.value}: refused though known {_share(refused)}")
        print(
            f"{name} {language.value}: refused, not known   {_share(not one.said for one in other)}"
        )


def _report_wishes(rows: Sequence[dict[str, Any]]) -> None:
    for language in Language:
        own = [row for row in rows if row["language"] == language.value]
        found = [(row, _wish(row["text"])) for row in own]
        print(f"wishes {language.value}: all  {_share(row['wish'] == wish for row, wish in found)}")
        for kind in dict.fromkeys(row["wish"] for row in own):
            of_kind = [(row, wish) for row, wish in found if row["wish"] == kind]
            hits = _share(row["wish"] == wish for row, wish in of_kind)
            print(f"wishes {language.value}: {kind:15s} {hits}")


def _wish(text: str) -> str:
    wish = wish_of(text)
    return wish.value.replace("-", "_") if wish else "none"


def _rows(path: Path, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))[key]
    return rows


def main() -> None:
    documents = load_documents(ROOT / "kb" / "demo")
    questions = _rows(ROOT / "tests" / "data" / "questions.yaml", "questions")
    _report_questions("plain BM25", PlainBm25(documents), questions)
    _report_questions("sipagent", Ours(documents), questions)
    _report_wishes(_rows(ROOT / "tests" / "data" / "wishes.yaml", "wishes"))


if __name__ == "__main__":
    main()
