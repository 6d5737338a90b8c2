"""Where SIP listens, who may call, and where the media is."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Final, Literal

from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, field_validator

from sipagent.config.section import Section

PORTS_PER_CALL: Final = 2  # RTP and RTCP
HEADROOM_CALLS: Final = 64  # over max_calls: they have their ports when they are answered 503
MOST_TRUNKS: Final = 63  # PJSUA_MAX_ACC accounts in the wheel; one of them is the strangers'

_PORT: Final = "a UDP port from 1 to 65535"


class SipSettings(Section):
    """Where SIP listens, and how many calls it takes."""

    bind: str = Field("127.0.0.1", description="an address of this machine, or 0.0.0.0 for all")
    port: int = Field(5060, ge=1, le=65535, description=_PORT)
    max_calls: int = Field(200, ge=1, le=1000, description="1 to 1000 calls at once")
    max_call_s: float = Field(
        7200.0, gt=0, le=86400, description="seconds that a call may last, up to 86400"
    )
    hold_s: float = Field(
        600.0, gt=0, le=86400, description="seconds that a caller may hold us, up to 86400"
    )
    drain_s: float = Field(
        30.0, ge=0, le=3600, description="seconds that SIGTERM waits for calls to end, 0 to 3600"
    )


class MediaSettings(Section):
    """RTP ports and the bridge clock. A call has two ports: an even one, and the next for RTCP."""

    clock_hz: Literal[8000] = Field(8000, description="8000, the rate of G.711")
    rtp_port_min: int = Field(
        10000, ge=1024, le=65535, multiple_of=2, description="an even UDP port from 1024"
    )
    rtp_port_max: int = Field(
        19999,
        ge=1024,
        le=65535,
        validate_default=True,
        description="an odd UDP port over rtp_port_min",
    )

    @field_validator("rtp_port_max")
    @classmethod
    def _ends_the_range(cls, last: int, info: ValidationInfo) -> int:
        if last % 2 == 0:
            raise ValueError("an even last port leaves no port for its RTCP")
        first = info.data.get("rtp_port_min", last)
        if last < first:
            raise ValueError(f"{last} is under rtp_port_min, which is {first}")
        return last


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError(str(error)) from None


Network = Annotated[
    IPv4Network | IPv6Network, PlainValidator(_network), PlainSerializer(str, return_type=str)
]


class Trunk(Section):
    """A carrier's side: who may send us calls."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    networks: tuple[Network, ...] = Field(
        min_length=1, description='a list of networks, such as ["54.172.60.0/30"]'
    )


DEMO_TRUNKS: Final = (Trunk(name="loopback", networks=(IPv4Network("127.0.0.0/8"),)),)
