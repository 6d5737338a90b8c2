"""How many files a node may have open, and whether its calls can do with that."""

import resource
from typing import Final

from sipagent.config import HEADROOM_CALLS
from sipagent.errors import StartError

A_CALL: Final = 3  # RTP, RTCP, the record
A_NODE: Final = 256  # libraries, models, listeners, connections, and some to spare


def ensure(calls: int) -> None:
    """Raise our own limit to what ``calls`` need. Raises ``StartError`` where that is forbidden."""
    wanted = A_CALL * (calls + HEADROOM_CALLS) + A_NODE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise StartError(
                f"{calls} calls need {wanted} open files and this process may have {hard}; raise "
                f"the limit (ulimit -Hn {wanted}, or LimitNOFILE= of the service) "
                "or lower sip.max_calls"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
