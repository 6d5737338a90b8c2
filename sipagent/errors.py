"""Every way in which sipagent can fail, as one tree.

A class's docstring is its meaning. Errors are raised low and translated once: in ``call.py``
for a call, in ``cli`` for the person at the terminal.
"""

from enum import StrEnum
from typing import ClassVar


class Blame(StrEnum):
    """Whose doing an ending or an error was."""

    US = "us"
    PEER = "peer"
    CALLER = "caller"
    NOBODY = "nobody"


class SipagentError(Exception):
    """Something went wrong; the message says what, and what to do about it."""

    code: ClassVar[str] = "unclassified"
    blame: ClassVar[Blame] = Blame.US
    sip_status: ClassVar[int | None] = None


# ------------------------------------------------------------ starting a node


class StartError(SipagentError):
    """The node cannot start as it is configured or installed. Exit status 2."""

    code = "cannot-start"


class ConfigError(StartError):
    """A setting is missing, unknown or out of range."""

    code = "bad-configuration"


class PortTaken(StartError):
    """Another program already listens where SIP should."""

    code = "port-taken"


class WheelMissing(StartError):
    """The project's own pjsua2 wheel is not installed."""

    code = "wheel-missing"


class ModelMissing(StartError):
    """A configured model is not on disk."""

    code = "model-missing"


class ExtraMissing(StartError):
    """A configured engine needs an optional dependency that is not installed."""

    code = "extra-missing"


class DiskFull(StartError):
    """The data directory cannot take another record."""

    code = "disk-full"


# ------------------------------------------------------------ refusing a call


class Refusal(SipagentError):
    """An INVITE that is not answered. ``sip_status`` is what the caller's side is told."""

    sip_status: ClassVar[int | None] = 500


class UnknownNumber(Refusal):
    """No tenant has the dialled number."""

    code, blame, sip_status = "unknown-number", Blame.PEER, 404


# ------------------------------------------------------------ in mid-call


class CallError(SipagentError):
    """A call, or a step of it, failed."""


class LegGone(CallError):
    """A command reached a leg that had already ended."""

    code, blame = "leg-gone", Blame.NOBODY


class EngineError(CallError):
    """An engine raised, or did not answer in its time."""

    code = "engine-failed"

    def __init__(self, engine: str, detail: str) -> None:
        super().__init__(f"{engine}: {detail}")
        self.engine = engine
        self.detail = detail


class Superseded(EngineError):
    """A request that was worth something only at once had to give way to others."""

    code = "superseded"


class ToolFailed(CallError):
    """A tool could not do what was asked; the message says why, for the model to read."""

    code = "tool-failed"


class LegFailed(CallError):
    """A living leg could not carry out a command."""

    code, blame = "leg-failed", Blame.PEER


class NoSuchKey(CallError):
    """What was to be keyed is on no telephone."""

    code = "no-such-key"


class NotAcknowledged(CallError):
    """Our 200 OK was never acknowledged, or brought no audio."""

    code, blame = "not-acknowledged", Blame.PEER
