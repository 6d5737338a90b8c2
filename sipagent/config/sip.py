"""Where SIP listens, who may call, and where the media is."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from sipagent.config.faults import refuse, repeated
from sipagent.config.section import Section

SHORTEST_SECRET: Final = 16
PORTS_PER_CALL: Final = 2  # RTP and RTCP
HEADROOM_CALLS: Final = 64  # over max_calls: they have their ports when they are answered 503
MOST_TRUNKS: Final = 63  # PJSUA_MAX_ACC accounts in the wheel; one of them is the strangers'

_PORT: Final = "a UDP port from 1 to 65535"


def _address(value: str) -> str:
    if value:
        try:
            ip_address(value)
        except ValueError as error:
            raise ValueError(str(error)) from None
    return value


IpAddress = Annotated[str, AfterValidator(_address)]


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError as error:
        if "host bits" in str(error):
            meant = ip_network(str(value), strict=False)
            refuse([((), f"{error}; did you mean {meant}?")])
        raise ValueError(str(error)) from None


Network = Annotated[
    IPv4Network | IPv6Network, PlainValidator(_network), PlainSerializer(str, return_type=str)
]


class Listener(Section):
    """One more address where SIP listens."""

    transport: Literal["udp", "tcp", "tls"] = Field(description="udp, tcp or tls")
    bind: IpAddress = Field(description="an address of this machine; 0.0.0.0 or :: for all")
    port: int = Field(ge=1, le=65535, description="a port from 1 to 65535; 5061 is usual for TLS")
    public_address: IpAddress = Field(
        "", description="the address that peers see, where this machine is behind NAT"
    )

    @property
    def address(self) -> str:
        """Where it is, for a person: "address:port", "[address]:port" for IPv6."""
        host = f"[{self.bind}]" if ":" in self.bind else self.bind
        return f"{host}:{self.port}"


def _readable(path: Path) -> Path:
    if path.is_dir():
        raise ValueError(f"{path} is a folder")
    if not path.is_file():
        raise ValueError(f"no file {path}")
    return path


File = Annotated[Path, AfterValidator(_readable)]


class TlsSettings(Section):
    """Our certificate, and whose we believe. A renewed one is used without a restart."""

    certificate: File | None = Field(None, description="a PEM file: our certificate and its chain")
    key: File | None = Field(None, description="a PEM file: its private key")
    authorities: File | None = Field(
        None, description="a PEM file: the authorities whose certificates peers must have"
    )
    oldest: Literal["1.2", "1.3"] = Field("1.2", description='"1.2" or "1.3"')


class SipSettings(Section):
    """Where SIP listens, and how many calls it takes."""

    bind: IpAddress = Field(
        "127.0.0.1", description="an address of this machine, or 0.0.0.0 for all"
    )
    port: int = Field(5060, ge=1, le=65535, description=_PORT)
    public_address: IpAddress = Field(
        "", description="the address that peers see, where this machine is behind NAT"
    )
    tls: TlsSettings = Field(default_factory=lambda: TlsSettings())
    listeners: tuple[Listener, ...] = Field(
        (), description="[[sip.listeners]] tables: addresses beside UDP at bind and port"
    )
    nameservers: tuple[IpAddress, ...] = Field(
        (), description="DNS servers for SRV of peers; none: the system's, for A alone"
    )
    proxies: tuple[Network, ...] = Field(
        (), description="networks of our own SIP proxies, which name the trunk in trunk_header"
    )
    trunk_header: Annotated[str, Field(pattern=r"^X-[A-Za-z0-9-]+$")] = Field(
        "X-Sipagent-Trunk", description="the X- header in which a proxy names a call's trunk"
    )
    max_calls: int = Field(200, ge=1, le=1000, description="1 to 1000 calls at once")
    max_call_s: float = Field(
        7200.0, gt=0, le=86400, description="seconds that a call may last, up to 86400"
    )
    hold_s: float = Field(
        600.0, gt=0, le=86400, description="seconds that a caller may hold us, up to 86400"
    )
    media_timeout_s: float = Field(
        30.0,
        ge=0,
        le=3600,
        description="seconds without RTP and RTCP that end a call, not held; 0: never",
    )
    drain_s: float = Field(
        30.0, ge=0, le=3600, description="seconds that SIGTERM waits for calls to end, 0 to 3600"
    )
    trace: Path | None = Field(
        None, description="a pcap file that gets every SIP message, for Wireshark or sngrep"
    )
    strangers: Literal["refuse", "ignore"] = Field(
        "refuse", description='what a request from no trunk gets: "refuse" (403) or "ignore"'
    )
    stranger_requests_per_s: int = Field(
        20,
        ge=0,
        le=100_000,
        description="requests a second above which a stranger is banned; 0 bans nobody",
    )
    ban_s: float = Field(60.0, ge=1, le=86400, description="seconds of a ban, 1 to 86400")

    @field_validator("listeners")
    @classmethod
    def _tls_has_a_certificate(
        cls, listeners: tuple[Listener, ...], info: ValidationInfo
    ) -> tuple[Listener, ...]:
        tls = info.data.get("tls")
        if tls is not None and not (tls.certificate and tls.key):
            what = "TLS needs a certificate; set sip.tls.certificate and sip.tls.key"
            refuse(
                ((at, "transport"), what)
                for at, listener in enumerate(listeners)
                if listener.transport == "tls"
            )
        return listeners

    @field_validator("listeners")
    @classmethod
    def _listeners_are_told_apart(
        cls, listeners: tuple[Listener, ...], info: ValidationInfo
    ) -> tuple[Listener, ...]:
        said = [f"{one.transport} {one.address}" for one in listeners]
        found = repeated("sip.listeners", [((at,), one) for at, one in enumerate(said)])
        if "bind" in info.data and "port" in info.data:
            first = Listener(transport="udp", bind=info.data["bind"], port=info.data["port"])
            what = f"udp {first.address} is sip.bind and sip.port already; give it once"
            found += [((at,), what) for at, one in enumerate(said) if one == f"udp {first.address}"]
        refuse(found)
        return listeners

    def all_listeners(self) -> tuple[Listener, ...]:
        """UDP at ``bind`` and ``port``, then the others."""
        first = Listener(
            transport="udp", bind=self.bind, port=self.port, public_address=self.public_address
        )
        return (first, *self.listeners)


def _number(value: object) -> object:
    """A choice of numbers comes as text from the environment."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


ClockHz = Annotated[Literal[8000, 16000], BeforeValidator(_number)]


class MediaSettings(Section):
    """RTP ports and the bridge clock. A call has two ports: an even one, and the next for RTCP."""

    clock_hz: ClockHz = Field(
        8000, description="8000, the rate of G.711, or 16000, for trunks with G.722 or Opus"
    )
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

    symmetric_rtp: bool = Field(
        False,
        description="true where callers behind NAT send from another address than their SDP names",
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


Codec = Literal["PCMU", "PCMA", "G722", "opus"]


class Trunk(Section):
    """A carrier's side: who may send us calls."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    networks: tuple[Network, ...] = Field(
        (), description='a list of networks, such as ["54.172.60.0/30"]'
    )
    codecs: tuple[Codec, ...] = Field(
        ("PCMU", "PCMA"),
        min_length=1,
        description='a list in order of preference: "PCMU", "PCMA", "G722", "opus"',
    )
    ptime_ms: Literal[10, 20, 30, 40, 60] = Field(
        20, description="milliseconds of audio in a packet: 10, 20, 30, 40 or 60"
    )
    srtp: Literal["off", "optional", "required"] = Field(
        "off", description='encrypted media: "off", "optional" or "required"'
    )
    srtp_keying: tuple[Literal["sdes", "dtls"], ...] = Field(
        ("sdes",), min_length=1, description='how keys are agreed: "sdes", "dtls" or both in order'
    )
    caller_id: tuple[Literal["asserted", "remote-party", "from"], ...] = Field(
        ("asserted", "from"),
        min_length=1,
        description='where the caller\'s number is, best first: "asserted" (P-Asserted-Identity), '
        '"remote-party" (Remote-Party-ID), "from"',
    )
    country_code: Annotated[str, Field(pattern=r"^([1-9]\d{0,2})?$")] = Field(
        "", description="of numbers that the trunk sends in national form, such as 971 for 04…"
    )
    transfers: Literal["refer", "none"] = Field(
        "refer", description='how the trunk hands a caller over: by "refer", or "none"'
    )
    inband_digits: bool = Field(
        False,
        description="true where the trunk's digits may come as tones; they are listened to in "
        "calls whose SDP has no telephone-event",
    )
    send_digits: Literal["rfc4733", "info", "inband"] = Field(
        "rfc4733",
        description='how we key digits to the trunk: "rfc4733" (telephone events), "info" '
        '(SIP INFO, application/dtmf-relay) or "inband" (tones)',
    )
    username: Annotated[str, Field(pattern=r"^[^\s<>\"]*$")] = Field(
        "", description="our name towards the trunk, where it asks for digest, or name@domain"
    )
    password: SecretStr = Field(
        SecretStr(""), validate_default=True, description="the password of username"
    )
    registrar: Annotated[str, Field(pattern=r"^(sips?:[^\s<>@]+)?$")] = Field(
        "", description="where we register, if the carrier wants it, such as sip:carrier.example"
    )
    calls_per_s: float = Field(
        0.0, ge=0, le=10_000, description="new calls a second that the trunk may send; 0: any"
    )
    secret_header: Annotated[str, Field(pattern=r"^(X-[A-Za-z0-9-]+)?$")] = Field(
        "", description="an X- header of each INVITE with the trunk's secret, such as X-Trunk-Key"
    )
    secret: SecretStr = Field(
        SecretStr(""),
        validate_default=True,
        description=f"the secret in secret_header, at least {SHORTEST_SECRET} characters",
    )

    @field_validator("password")
    @classmethod
    def _belongs_to_a_name(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        if bool(info.data.get("username")) != bool(password.get_secret_value()):
            raise ValueError("username and password come together")
        return password

    @field_validator("secret")
    @classmethod
    def _guards_a_header(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        header = info.data.get("secret_header", "")
        text = secret.get_secret_value()
        if bool(header) != bool(text):
            raise ValueError("secret and secret_header come together")
        if text and len(text) < SHORTEST_SECRET:
            raise ValueError(f"{len(text)} characters can be guessed")
        return secret


DEMO_TRUNKS: Final = (Trunk(name="loopback", networks=(IPv4Network("127.0.0.0/8"),)),)
