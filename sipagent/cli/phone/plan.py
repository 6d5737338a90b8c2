"""What a call of the phone is to do, and how it may fail to begin."""

from collections.abc import Mapping
from dataclasses import dataclass

from sipagent.cli.phone.script import Step
from sipagent.errors import SipagentError, StartError


class Unreachable(StartError):
    """Nothing at the server's address answers SIP."""

    code = "unreachable"


class NotAnswered(SipagentError):
    """The call was refused, or nobody took it."""

    code = "not-answered"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the caller will do. ``sounds`` holds int16 at the bridge's rate, for each step."""

    server: str
    number: str
    steps: tuple[Step, ...]
    sounds: Mapping[Step, bytes]
    patience_s: float
    max_s: float
    desk_s: float
    follow: bool
