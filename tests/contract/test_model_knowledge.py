"""The agent over the demo's own documents: what it shows to a model, and what it believes of it."""

import re

from sipagent.config.models import AgentSettings, OpenAiSettings
from sipagent.dialog.agent import Agent, Clientele, Company
from sipagent.dialog.agent.figures import figures
from sipagent.dialog.agent.grounds import Grounds
from sipagent.dialog.agent.small_talk import SmallTalk
from sipagent.engines.llm_lexical import LexicalResponder
from sipagent.engines.llm_openai import OpenAiModel
from sipagent.knowledge.documents import Document
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.ports import Question, Sentence, Source, Unknown
from sipagent.text.language import Language
from tests.contract.conftest import TENANT
from tests.peers.openai_server import MODEL, HangUp, Refuse, Say, Script, openai_server, says


def every_sentence(documents: tuple[Document, ...]) -> list[tuple[Language, Source]]:
    return [
        (one.language, Source(one.name, section.heading, sentence, 1.0))
        for one in documents
        for section in one.sections
        for sentence in section.sentences
    ]


def test_every_sentence_of_the_documents_rests_on_itself(documents: tuple[Document, ...]) -> None:
    for language, source in every_sentence(documents):
        grounds = Grounds(language)
        grounds.passage(source)
        assert grounds.rests_on(source.sentence, (1,)) == (source,)


def test_no_sentence_rests_on_itself_with_another_figure(documents: tuple[Document, ...]) -> None:
    tried = 0
    for language, source in every_sentence(documents):
        grounds = Grounds(language)
        grounds.passage(source)
        other = re.sub(r"\d+", lambda found: str(int(found[0]) + 7), source.sentence)
        if not figures(other) <= figures(f"{source.section}. {source.sentence}"):
            tried += 1
            assert grounds.rests_on(other, (1,)) is None
    assert tried > 100


def test_the_documents_hold_almost_no_small_talk(documents: tuple[Document, ...]) -> None:
    """What a company states must not pass for courtesy."""
    talk = SmallTalk(("Noor نور",))
    passed = [
        source.sentence
        for language, source in every_sentence(documents)
        if talk.states_nothing(source.sentence, language)
    ]
    assert len(passed) <= 1, passed


async def test_an_answer_cites_the_tenants_document(documents: tuple[Document, ...]) -> None:
    index = LexicalIndex(documents)
    async with openai_server() as server:
        model = OpenAiModel(OpenAiSettings(url=server.url, model=MODEL))
        clientele = Clientele(Company("Noor نور"), index)
        agent = Agent(
            model, LexicalResponder({TENANT: index}), {TENANT: clientele}, AgentSettings()
        )
        fee = Question(TENANT, "how much is the late payment fee", Language.EN)

        server.scripts.append(says("The fee", " is 20 dirhams for", " a late bill [1]."))
        [said] = [part async for part in agent.respond(fee)]
        assert isinstance(said, Sentence)
        assert said.text == "The fee is 20 dirhams for a late bill."
        assert {source.document for source in said.sources} == {"late-payment.en.md"}
        assert "The late payment fee is 20 dirhams" in server.completions[0].prompt

        server.scripts.append(says("The fee is 30 dirhams for a late bill [1]."))
        assert [part async for part in agent.respond(fee)] == [Unknown()]

        faults: list[list[Script]] = [
            [[Refuse(503)]],
            [[HangUp()], [HangUp()]],  # what never began is tried once more
            [[Say("The fee"), HangUp()]],
        ]
        for fault in faults:
            server.scripts.extend(fault)
            instead = [part async for part in agent.respond(fee)]
            assert any("20 dirhams" in part.text for part in instead if isinstance(part, Sentence))
        await agent.close()
