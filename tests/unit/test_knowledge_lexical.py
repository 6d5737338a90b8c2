"""What the lexical index answers, and what it does not."""

from pathlib import Path

import pytest
import yaml

from sipagent.knowledge.documents import load_documents, parse_document
from sipagent.knowledge.expected import Fact, asked, held
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.knowledge.synonyms import grouped
from sipagent.text.language import Language

HERE = Path(__file__).parent
DEMO = LexicalIndex(load_documents(HERE.parents[1] / "kb" / "demo"))
QUESTIONS = yaml.safe_load((HERE / "development_questions.yaml").read_text(encoding="utf-8"))
TOP_SECTION, FACT_SAID, REFUSED = 0.85, 0.75, 0.85


def said(question: str, language: Language, before: str = "") -> str:
    answer = DEMO.answer(question, language, before)
    return " ".join(sentence.text for sentence in answer) if answer else ""


@pytest.mark.parametrize("language", Language)
def test_development_questions_find_their_section(language: Language) -> None:
    rows = [row for row in QUESTIONS[language.value] if row[0]]
    found = 0
    for document, section, _, question in rows:
        best = DEMO.best(question, language)
        found += best is not None and (best.document, best.section) == (
            f"{document}.{language.value}.md",
            section,
        )
    assert found / len(rows) >= TOP_SECTION


@pytest.mark.parametrize("language", Language)
def test_development_questions_are_answered_with_their_fact(language: Language) -> None:
    rows = [row for row in QUESTIONS[language.value] if row[0]]
    assert (
        sum(fact in said(question, language) for _, _, fact, question in rows) / len(rows)
        >= FACT_SAID
    )


@pytest.mark.parametrize("language", Language)
def test_development_questions_of_other_matters_are_refused(language: Language) -> None:
    rows = [row for row in QUESTIONS[language.value] if not row[0]]
    assert sum(said(question, language) == "" for *_, question in rows) / len(rows) >= REFUSED


def test_every_answer_stands_in_its_document_with_its_source() -> None:
    answer = DEMO.answer("how much is the late payment fee", Language.EN)
    assert answer is not None
    [source] = answer[0].sources
    assert (source.document, source.section) == ("late-payment.en.md", "Late payment fee")
    assert source.sentence == answer[0].text
    assert source.score > 0


def test_a_misheard_word_still_finds_its_section() -> None:
    assert "20 dirhams" in said("how much is the late paymant fee", Language.EN)


def test_a_question_without_meaning_has_no_answer() -> None:
    assert said("", Language.EN) == ""
    assert said("can you please tell me", Language.EN) == ""
    assert said("لو سمحت", Language.AR) == ""


def test_a_word_that_only_stands_in_passing_is_no_answer() -> None:
    assert said("how old are you", Language.EN) == ""


def test_the_turn_before_completes_a_question_that_leans_on_it() -> None:
    before = "how much is the deposit for an apartment"
    assert said("and for a villa", Language.EN) == ""
    assert "2000 dirhams" in said("and for a villa", Language.EN, before)
    assert said("tell me a joke", Language.EN, before) == ""


def test_a_tenant_with_one_language_answers_in_it() -> None:
    only = parse_document(
        "a.en.md", "---\ntitle: Roaming\nlanguage: en\n---\n## SIM roaming\nRoaming is free.\n"
    )
    answer = LexicalIndex([only]).answer("كم SIM roaming", Language.AR)
    assert answer is not None
    assert answer[0].language is Language.EN


def test_an_index_without_documents_knows_nothing() -> None:
    assert LexicalIndex([]).answer("anything", Language.EN) is None


def test_a_phrase_stands_for_its_group_and_the_longest_wins() -> None:
    known = grouped(["fee, how much", "balance, how much credit"], Language.EN)
    [(start, end, group)] = known.phrases(("how", "much", "credit", "is", "left"))
    assert (start, end) == (0, 3)
    assert group == {"balanc"}


@pytest.mark.parametrize(
    ("question", "language", "facts"),
    [
        ("how much is it", Language.EN, {Fact.MONEY}),
        ("where are you", Language.EN, {Fact.PLACE}),
        ("i want to pay", Language.EN, {Fact.STEPS}),
        ("كم سعر الشريحة", Language.AR, {Fact.MONEY}),
        ("متى تفتحون", Language.AR, {Fact.CLOCK, Fact.DURATION}),
        ("وين الفرع", Language.AR, {Fact.PLACE}),
        ("hello", Language.EN, set()),
    ],
)
def test_a_question_word_announces_a_fact(
    question: str, language: Language, facts: set[Fact]
) -> None:
    assert asked(question, language) == facts


def test_a_sentence_holds_its_facts() -> None:
    assert Fact.MONEY in held("It costs 25 dirhams.", Language.EN)
    assert Fact.MONEY in held("سعرها 25 درهما.", Language.AR)
    assert Fact.DURATION in held("خلال 3 أيام عمل.", Language.AR)
    assert held("We are happy to help.", Language.EN) == frozenset()
