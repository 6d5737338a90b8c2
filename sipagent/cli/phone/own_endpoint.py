"""The phone's own SIP endpoint: on the address that the server sees, and on a free port."""

import socket
from ipaddress import IPv4Network
from typing import Final

from sipagent.cli.phone.rtp import RATE_HZ
from sipagent.config import MediaSettings, SipSettings, Trunk
from sipagent.errors import PortTaken, StartError
from sipagent.sip.endpoint import Endpoint, OnInvite

NO_TRUNK: Final = Trunk(name="caller", networks=(IPv4Network("192.0.2.0/32"),))  # nobody calls it
_RTP_PORTS: Final = (20000, 29999)
_TRIES: Final = 5


def own_address(host: str, port: int) -> str:
    """The address of this machine that the server sees. Nothing is sent. Raises ``StartError``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, port))
        except OSError as error:
            raise StartError(f"cannot reach {host}: {error.strerror}; give --server") from None
        return str(probe.getsockname()[0])


async def started(
    address: str, trunk: Trunk, most_legs: int, on_invite: OnInvite | None = None
) -> Endpoint:
    """An endpoint on a free port; another program may take it first, then on another.

    Raises ``StartError``.
    """
    for attempt in range(_TRIES):
        sip = SipSettings(bind=address, port=free_port(address), max_calls=most_legs)
        media = MediaSettings(
            clock_hz=RATE_HZ, rtp_port_min=_RTP_PORTS[0], rtp_port_max=_RTP_PORTS[1]
        )
        endpoint = Endpoint(sip, media, (trunk,), on_invite)
        try:
            await endpoint.start()
        except PortTaken:
            if attempt == _TRIES - 1:
                raise
        else:
            return endpoint
    raise AssertionError("the last attempt returned or raised")


def free_port(address: str) -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
