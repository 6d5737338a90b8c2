"""The Protocols and values that pass between the floors.

Engines, legs and audio stand behind these; conversation, handoff and the call speak to
nothing else. No implementation lives here, and no I/O.
"""

from sipagent.ports.audio import Cut as Cut
from sipagent.ports.audio import Hearing as Hearing
from sipagent.ports.audio import Listener as Listener
from sipagent.ports.audio import Playout as Playout
from sipagent.ports.engine import Engine as Engine
from sipagent.ports.leg import Leg as Leg
from sipagent.ports.leg import PcmPort as PcmPort
from sipagent.ports.models import Completion as Completion
from sipagent.ports.models import Fragment as Fragment
from sipagent.ports.models import LanguageModel as LanguageModel
from sipagent.ports.models import Message as Message
from sipagent.ports.models import ModelPart as ModelPart
from sipagent.ports.models import Role as Role
from sipagent.ports.models import Stopped as Stopped
from sipagent.ports.models import Tool as Tool
from sipagent.ports.models import ToolCall as ToolCall
from sipagent.ports.models import ToolSpec as ToolSpec
from sipagent.ports.records import Records as Records
from sipagent.ports.replies import Asked as Asked
from sipagent.ports.replies import Certainty as Certainty
from sipagent.ports.replies import Exchange as Exchange
from sipagent.ports.replies import Expect as Expect
from sipagent.ports.replies import Kind as Kind
from sipagent.ports.replies import Question as Question
from sipagent.ports.replies import ReplyPart as ReplyPart
from sipagent.ports.replies import Responder as Responder
from sipagent.ports.replies import Sentence as Sentence
from sipagent.ports.replies import Source as Source
from sipagent.ports.replies import ToolUsed as ToolUsed
from sipagent.ports.replies import Unknown as Unknown
from sipagent.ports.replies import Wanted as Wanted
from sipagent.ports.replies import Wish as Wish
from sipagent.ports.retrieval import Embedder as Embedder
from sipagent.ports.retrieval import Embedding as Embedding
from sipagent.ports.retrieval import Reranker as Reranker
from sipagent.ports.speech import CloningVoice as CloningVoice
from sipagent.ports.speech import Speech as Speech
from sipagent.ports.speech import SpokenWord as SpokenWord
from sipagent.ports.speech import Transcriber as Transcriber
from sipagent.ports.speech import Transcript as Transcript
from sipagent.ports.speech import TurnDetector as TurnDetector
from sipagent.ports.speech import Utterance as Utterance
from sipagent.ports.speech import Voice as Voice
from sipagent.ports.understanding import Analyst as Analyst
from sipagent.ports.understanding import Intent as Intent
from sipagent.ports.understanding import Understanding as Understanding
