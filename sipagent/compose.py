"""What a node's calls share, composed from its configuration: engines once, a service a tenant.

The one place where engines, knowledge and the agent meet. Takes no calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sipagent import engines
from sipagent.call import Service
from sipagent.config import BY_MODEL, Settings, Tenant
from sipagent.connectors.accounts import Accounts
from sipagent.dialog.agent import Agent, Clientele, Company, ModelAnalyst
from sipagent.dialog.conversation import Mind
from sipagent.dialog.hearer import Ears
from sipagent.dialog.policy import Policy
from sipagent.dialog.prompts import Prompts
from sipagent.engines.prompt_store import StoredVoice, made_by
from sipagent.errors import ConfigError, EngineError, StartError
from sipagent.handoff.token import Tokens
from sipagent.handoff.transfer import Handoff
from sipagent.knowledge.documents import load_documents
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.media.tick import Tick
from sipagent.ports import (
    Analyst,
    CloningVoice,
    Engine,
    Responder,
    Transcriber,
    TurnDetector,
    Voice,
)


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of a node, each of them once, however many tenants speak through them."""

    voice: Voice
    transcribers: Mapping[str, Transcriber]  # by profile
    responder: Responder
    agent: Agent | None  # the responder, where a language model answers
    analyst: Analyst
    detector: TurnDetector | None

    @classmethod
    def load(cls, settings: Settings) -> "Engines":
        """Raises any ``StartError``."""
        chosen = settings.engines
        indexes = {
            tenant.name: LexicalIndex(load_documents(tenant.knowledge))
            for tenant in settings.tenants
        }
        records = {
            tenant.name: Accounts(tenant.records, tenant.languages)
            for tenant in settings.tenants
            if tenant.records is not None
        }
        model = engines.load("model", chosen.model, chosen.own("model")) if chosen.model else None
        alone = chosen.responder if chosen.responder != BY_MODEL["responder"] else "lexical"
        documents = engines.load("responder", alone, {}, indexes, records)
        alone = chosen.analyst if chosen.analyst != BY_MODEL["analyst"] else "linear"
        words = engines.load("analyst", alone, {})
        clients = {one.name: _clientele(one, indexes[one.name]) for one in settings.tenants}
        agent = None
        if chosen.responder == BY_MODEL["responder"] and model:
            agent = Agent(model, documents, clients, chosen.agent)
        by_model = chosen.analyst == BY_MODEL["analyst"]
        detector = chosen.turn_detector
        return cls(
            voice=engines.load("voice", chosen.voice, settings.voice()),
            transcribers=engines.transcribers(
                chosen.transcriber,
                settings.recogniser(),
                {tenant.profile for tenant in settings.tenants},
            ),
            responder=agent or documents,
            agent=agent,
            analyst=ModelAnalyst(model, words, chosen.agent) if by_model and model else words,
            detector=engines.load("turn_detector", detector, {}) if detector else None,
        )

    @property
    def all(self) -> tuple[Engine, ...]:
        own = (self.voice, *self.transcribers.values(), self.responder, self.analyst)
        return own if self.detector is None else (*own, self.detector)

    @property
    def waited_s(self) -> float:
        """How long the engine that is furthest behind keeps a request waiting."""
        return max(engine.waited_s for engine in self.all)

    async def close(self) -> None:
        for engine in self.all:
            await engine.close()


async def services(settings: Settings, loaded: Engines, tick: Tick) -> Mapping[str, Service]:
    """A service for each tenant, by its name; the prompts are sound from here on.

    Raises ``StartError`` where the voice cannot speak them, or cannot be a tenant's own.
    """
    handoff = Handoff(Tokens(settings.handoff.token_life_s), settings.handoff)
    voices = {tenant.name: await _voice(tenant, loaded.voice) for tenant in settings.tenants}
    common: dict[Voice, Prompts] = {}
    found: dict[str, Service] = {}
    rate_hz = settings.media.clock_hz
    for tenant in settings.tenants:
        voice = voices[tenant.name]
        stored = StoredVoice(voice, settings.data_dir / "prompts", made_by(settings.voice(), voice))
        try:
            if voice not in common:
                common[voice] = await Prompts.render(stored, rate_hz)
            prompts = await common[voice].greeting(tenant.greeting, stored, rate_hz)
        except EngineError as error:
            what = f"the prompts of {tenant.name} cannot be spoken: {error}; see engines.voice"
            raise StartError(what) from None
        found[tenant.name] = Service(
            tenant=tenant,
            prompts=prompts,
            voice=voice,
            mind=_mind(settings, tenant, loaded),
            handoff=handoff,
            hearing=settings.hearing,
            limits=settings.sip,
            tick=tick,
        )
    return found


async def _voice(tenant: Tenant, voice: Voice) -> Voice:
    """The node's voice, or the tenant's own by it."""
    if tenant.clone is None:
        return voice
    if not isinstance(voice, CloningVoice):
        raise ConfigError(
            f"tenant {tenant.name}: clone: the voice {voice.name} cannot clone; "
            "set engines.voice to xtts, or leave clone out"
        )
    return await voice.cloned(tenant.clone)


def _mind(settings: Settings, tenant: Tenant, loaded: Engines) -> Mind:
    chosen = settings.engines
    ears = Ears(
        loaded.transcribers[tenant.profile],
        loaded.detector,
        settings.media.clock_hz,
        tenant.languages,
        tenant.hot_words,
    )
    return Mind(
        ears=ears,
        responder=loaded.responder,
        analyst=loaded.analyst,
        policy=Policy,
        deadline_s=chosen.deadline_s,
        filler_s=chosen.filler_s,
        summarise=loaded.agent.summarise if loaded.agent else None,
    )


def _clientele(tenant: Tenant, index: LexicalIndex) -> Clientele:
    company = Company(tenant.title or tenant.name, tenant.about, tenant.languages)
    return Clientele(company, index)
