"""Everything that happens to a call, as frozen values (D6).

An event says what happened and nothing of who reads it. Time is added when it is recorded:
``at_ms`` by the call's media clock, ``wall`` by the node's. Fields made with ``personal()``
hold what a caller said or keyed; readers that leave the call's record mask them.
"""

from dataclasses import dataclass, field, fields
from typing import Any


def personal() -> Any:
    """A field that holds personal data (D15)."""
    return field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


# ------------------------------------------------------------------- the leg


@dataclass(frozen=True, slots=True)
class Ringing(Event):
    """An INVITE arrived."""

    trunk: str
    source: str
    dialled: str
    sip_call_id: str
    user_agent: str
    caller: str = personal()


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """Our 200 OK was acknowledged and audio flows.

    ``digits``: how they come; as telephone events ("rfc4733"), as tones ("inband"), or by INFO
    alone ("info"). All is empty where no stream runs yet.
    """

    codec: str
    remote: str
    digits: str = "rfc4733"


@dataclass(frozen=True, slots=True)
class DigitPressed(Event):
    """A key, counted once however often its packets were repeated (RFC 4733)."""

    digit: str = personal()


@dataclass(frozen=True, slots=True)
class Held(Event):
    """The peer put us on hold; playout stands still."""


@dataclass(frozen=True, slots=True)
class Retrieved(Event):
    """The peer took us off hold; playout goes on where it stood."""


@dataclass(frozen=True, slots=True)
class HungUp(Event):
    """The leg ended. ``by`` is "peer" or "us"; the status is SIP's."""

    by: str
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Quality(Event):
    """The call's audio so far: packets, mean times in ms, and the E-model's opinion (1 to 4.4,
    None where no RTP came).

    ``discarded`` came too late to be played; ``burst`` is how many were lost in a row.
    """

    received: int
    lost: int
    discarded: int
    jitter_ms: float
    round_trip_ms: float
    sent: int
    lost_by_peer: int
    mos: float | None
    burst: float = 1.0


@dataclass(frozen=True, slots=True)
class MediaStopped(Event):
    """Neither RTP nor RTCP has come for ``silent_s``, and the peer does not hold us."""

    silent_s: float


# ------------------------------------------------------------------- hearing


@dataclass(frozen=True, slots=True)
class SpeechStarted(Event):
    """The caller began to speak; ``at_ms`` is the first window that held speech."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechSustained(Event):
    """The caller's speech has lasted long enough to be meant."""

    started_ms: int


@dataclass(frozen=True, slots=True)
class StillSpeaking(Event):
    """The caller's speech has gone on up to ``at_ms``. Never recorded: it comes several times
    a second."""

    started_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechPaused(Event):
    """The caller has been silent for a moment; the turn may be over."""

    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class SpeechResumed(Event):
    """The caller went on after a pause; the turn is the same."""

    started_ms: int


@dataclass(frozen=True, slots=True)
class TurnEnded(Event):
    """The caller has finished: speech from ``started_ms`` to ``ended_ms``."""

    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class WordsHeard(Event):
    """The recogniser's words for a turn. ``compute_ms`` is the time that they took.

    Until they are ``final`` they are those that two looks at the speech have agreed on.
    """

    language: str
    confidence: float
    final: bool
    compute_ms: int
    text: str = personal()


@dataclass(frozen=True, slots=True)
class TurnUnderstood(Event):
    """What a turn does in the conversation, and in what mood: -1 (angry) to 1 (delighted)."""

    intent: str
    sentiment: float
    language: str
    confidence: float
    by: str


@dataclass(frozen=True, slots=True)
class TurnTimed(Event):
    """What the wait for an answer was made of, in ms: from the end of the caller's speech to the
    agent's first sound (``total_ms``). What ran in the silence costs no time of its own.

    ``silence_ms``: until the turn was over. ``words_ms``: until its words were known.
    ``thinking_ms``, ``voice_ms``: the responder to its first part, the voice to its first sound.
    """

    silence_ms: int
    words_ms: int
    thinking_ms: int
    voice_ms: int
    total_ms: int


# ------------------------------------------------------------------ speaking


@dataclass(frozen=True, slots=True)
class ReplyBegun(Event):
    """The agent decided on a part of a reply. ``document`` is its source, or empty."""

    reply: int
    kind: str
    language: str
    document: str
    section: str
    sentence: str
    text: str = personal()


@dataclass(frozen=True, slots=True)
class WordsPlayed(Event):
    """A reply ended: what left on RTP, whole or up to the interruption (D7)."""

    reply: int
    whole: bool
    text: str = personal()


@dataclass(frozen=True, slots=True)
class Interrupted(Event):
    """The caller spoke or keyed over the agent. ``unheard`` never left the node."""

    reply: int
    by: str
    heard: str = personal()
    unheard: str = personal()


@dataclass(frozen=True, slots=True)
class PlayoutPaused(Event):
    """The agent fell silent because the caller may be speaking."""


@dataclass(frozen=True, slots=True)
class PlayoutResumed(Event):
    """It was no interruption; the agent goes on where it paused."""


# ------------------------------------------------------------------- deciding


@dataclass(frozen=True, slots=True)
class WishHeard(Event):
    """The caller asked for something of the conversation itself."""

    wish: str


@dataclass(frozen=True, slots=True)
class NothingKnown(Event):
    """The tenant's knowledge holds no answer to the turn."""


@dataclass(frozen=True, slots=True)
class Judged(Event):
    """The policy decided what must happen before any answer."""

    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class ToolRan(Event):
    """A tool was run for the caller. ``outcome`` is "done", or why it was not."""

    tool: str
    outcome: str
    took_ms: int


@dataclass(frozen=True, slots=True)
class EngineFailed(Event):
    """An engine raised or hung; the caller hears an apology."""

    engine: str
    detail: str


# ------------------------------------------------------------------- handing over


@dataclass(frozen=True, slots=True)
class ReferAnswered(Event):
    """The peer answered our REFER number ``refer`` on this leg (2xx: it will try)."""

    refer: int
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReferNotified(Event):
    """A NOTIFY about our REFER number ``refer``. ``status`` is 0 where it had no sipfrag."""

    refer: int
    status: int
    reason: str
    final: bool


@dataclass(frozen=True, slots=True)
class TransferStep(Event):
    """The transfer moved to ``state``; ``detail`` says by what."""

    desk: str
    state: str
    detail: str


# ------------------------------------------------------------------- the end


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The one Outcome; the last line of every record."""

    code: str
    blame: str
    detail: str
    duration_ms: int


UNRECORDED: frozenset[type[Event]] = frozenset({StillSpeaking})
EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
for _kind in UNRECORDED:
    del EVENTS[_kind.__name__]


def personal_fields(kind: type[Event]) -> frozenset[str]:
    """The names of the fields of an event that hold personal data."""
    return frozenset(item.name for item in fields(kind) if item.metadata.get("personal"))
