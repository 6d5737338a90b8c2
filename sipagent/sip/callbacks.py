"""pjsua2's callbacks of a call, handed on to its leg."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from sipagent.sip.leg import SipLeg

log = structlog.get_logger(__name__)


@cache
def call_class(pj: Any) -> Any:
    """A pjsua2 Call that forwards its callbacks to its leg. Names are pjsua2's."""

    class PjCall(pj.Call):  # type: ignore[misc]  # the wheel is untyped
        def __init__(self, leg: "SipLeg", account: Any, pjsua_id: int) -> None:
            super().__init__(account, pjsua_id)
            self._leg = leg

        def onCallState(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.state_changed)

        def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.media_changed)

        def onCallSdpCreated(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.sdp_created, prm)

        def onCallRxReinvite(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.reinvited, prm)

        def onCallRedirected(self, prm: Any) -> int:  # noqa: N802
            safely(self._leg.redirected, prm)
            return int(pj.PJSIP_REDIRECT_STOP)

        def onCreateMediaTransport(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.media_transport_created, prm)

        def onDtmfEvent(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.digit_received, prm)

        def onCallTsxState(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.transaction_changed, prm)

        def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.transfer_progressed, prm)

        def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802
            safely(self._leg.transfer_requested, prm)

    return PjCall


def safely(callback: Callable[..., None], *args: object) -> None:
    """An exception must not cross into C++, where nobody would see it."""
    try:
        callback(*args)
    except Exception:
        log.exception("callback failed", callback=callback.__name__)
