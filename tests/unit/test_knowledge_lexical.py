"""What the lexical index answers, and what it does not."""

from pathlib import Path

import pytest
import yaml

from sipagent.knowledge.documents import load_documents, parse_document
from sipagent.knowledge.expected import Fact, asked, held
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.knowledge.rephrasings import read_as
from sipagent.knowledge.synonyms import grouped
from sipagent.text.language import Language
from sipagent.text.stemming import gulf_forms

HERE = Path(__file__).parent
DEMO = LexicalIndex(load_documents(HERE.parents[1] / "kb" / "demo"))
QUESTIONS = yaml.safe_load((HERE / "development_questions.yaml").read_text(encoding="utf-8"))
OLD_ROWS = {Language.EN: 121, Language.AR: 111}  # the rows after these are by another hand
FLOORS = {
    (Language.EN, "old"): (0.84, 0.75, 0.96),
    (Language.AR, "old"): (0.86, 0.78, 0.87),
    (Language.EN, "new"): (0.70, 0.50, 0.86),
    (Language.AR, "new"): (0.61, 0.42, 0.85),
}  # the least shares: section found, fact said, other matters refused
# Half of the new rows were read while the phrases were written; of the other half the section
# is found for 61 % in English and 46 % in Arabic. These floors catch a loss, they rate nothing.
PARTS = sorted(FLOORS)


def said(question: str, language: Language, before: str = "") -> str:
    answer = DEMO.answer(question, language, before)
    return " ".join(sentence.text for sentence in answer) if answer else ""


def rows_of(part: tuple[Language, str]) -> list[list[str]]:
    language, age = part
    rows: list[list[str]] = QUESTIONS[language.value]
    return rows[: OLD_ROWS[language]] if age == "old" else rows[OLD_ROWS[language] :]


@pytest.mark.parametrize("part", PARTS)
def test_development_questions_find_their_section(part: tuple[Language, str]) -> None:
    language = part[0]
    rows = [row for row in rows_of(part) if row[0]]
    found = 0
    for document, section, _, question in rows:
        best = DEMO.best(question, language)
        found += best is not None and (best.document, best.section) == (
            f"{document}.{language.value}.md",
            section,
        )
    assert found / len(rows) >= FLOORS[part][0]


@pytest.mark.parametrize("part", PARTS)
def test_development_questions_are_answered_with_their_fact(part: tuple[Language, str]) -> None:
    rows = [row for row in rows_of(part) if row[0]]
    stated = sum(fact in said(question, part[0]) for _, _, fact, question in rows)
    assert stated / len(rows) >= FLOORS[part][1]


@pytest.mark.parametrize("part", PARTS)
def test_development_questions_of_other_matters_are_refused(part: tuple[Language, str]) -> None:
    rows = [row for row in rows_of(part) if not row[0]]
    refused = sum(said(question, part[0]) == "" for *_, question in rows)
    assert refused / len(rows) >= FLOORS[part][2]


def test_a_phrase_is_read_as_the_words_of_the_documents() -> None:
    read = read_as(("where", "is", "my", "puk"), Language.EN, lambda stem: True)
    assert (read.left, read.put) == (("where", "is", "my"), ("sim", "locked"))


def test_a_phrase_stays_where_the_documents_lack_its_words() -> None:
    read = read_as(("puk",), Language.EN, lambda stem: False)
    assert (read.left, read.put) == (("puk",), ())


def test_a_question_about_somebody_elses_matter_is_refused() -> None:
    assert said("my account is locked", Language.EN) != ""
    assert said("my instagram account is locked", Language.EN) == ""


def test_a_gulf_verb_in_the_future_finds_its_stem() -> None:
    assert "سدد" in gulf_forms("بسدد")
    assert "جديد" in gulf_forms("يديد")


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


@pytest.mark.parametrize(
    ("question", "language", "fact"),
    [
        ("how do i pay my electricity bill", Language.EN, "by card"),
        ("كيف أدفع فاتورة الكهرباء", Language.AR, "بالبطاقة"),
        ("كيف أدفع الفاتورة", Language.AR, "بالبطاقة"),
    ],
)
def test_a_bill_is_paid_the_same_way_whatever_it_is_for(
    question: str, language: Language, fact: str
) -> None:
    assert fact in said(question, language)


def test_a_whole_question_does_not_lean_on_the_turn_before() -> None:
    before = "what are your opening hours on friday"
    assert "by card" in said("how do i pay my water bill", Language.EN, before)
    assert said("does my neighbour pay his rent", Language.EN, before) == ""


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


def test_an_and_that_arabic_writes_to_the_first_word_hides_no_word() -> None:
    index = LexicalIndex(load_documents(Path(__file__).parents[2] / "kb" / "demo"))
    saturday = index.answer("ويوم السبت", Language.AR, "متى تفتحون يوم الجمعة")
    assert saturday is not None
    assert {source.section for one in saturday for source in one.sources} == {"السبت والأحد"}
    assert index.answer("وقت الدوام يوم السبت", Language.AR) is not None
