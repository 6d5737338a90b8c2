"""How a call ended, told once."""

from dataclasses import dataclass
from typing import Final

from sipagent.errors import Blame, SipagentError


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one ending of a call: a kebab-case code, whose doing it was, and the detail."""

    code: str
    blame: Blame
    detail: str = ""

    @classmethod
    def of(cls, error: SipagentError) -> "Outcome":
        return cls(error.code, error.blame, str(error))


CALLER_HUNG_UP: Final = Outcome("caller-hung-up", Blame.CALLER)
CALLER_CANCELLED: Final = Outcome("caller-cancelled", Blame.CALLER)
TRANSFERRED: Final = Outcome("transferred", Blame.NOBODY)
TOO_LONG: Final = Outcome("call-too-long", Blame.NOBODY, "the call reached max_call_s")
HELD_TOO_LONG: Final = Outcome("held-too-long", Blame.CALLER, "the caller held us for hold_s")
MEDIA_STOPPED: Final = Outcome(
    "media-stopped", Blame.PEER, "neither RTP nor RTCP came for media_timeout_s"
)
DRAINED: Final = Outcome("node-drained", Blame.US, "the node was shutting down")
NODE_DIED: Final = Outcome("node-died", Blame.US, "the node ended before the call did")
