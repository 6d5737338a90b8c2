"""Where the endpoint listens: its UDP, TCP and TLS transports, and the TLS ones' certificate.

Belongs to the PJSIP thread, and knows no trunk and no call.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from sipagent.config import Listener, TlsSettings
from sipagent.errors import PortTaken, StartError
from sipagent.sip.certificates import Certificates

log = structlog.get_logger(__name__)

LOOK_S: Final = 2.0  # between two looks at the certificate's files
ADDRESS_IN_USE: Final = 120098  # PJ_STATUS_FROM_OS(EADDRINUSE)


class Listeners:
    """The transports of one endpoint that was initialised."""

    def __init__(self, pj: Any, endpoint: Any, tls: TlsSettings) -> None:
        self._pj = pj
        self._endpoint = endpoint
        self._tls = tls
        self._secured: list[tuple[int, Any]] = []
        self._certificates: Certificates | None = None
        self._next_look = 0.0

    def open(self, listeners: Iterable[Listener]) -> None:
        """Bind them. Raises ``PortTaken`` or ``StartError``."""
        for number, listener in enumerate(listeners):
            self._open(listener, first=number == 0)

    def _open(self, listener: Listener, *, first: bool) -> None:
        pj, transport = self._pj, self._pj.TransportConfig()
        kind = getattr(pj, f"PJSIP_TRANSPORT_{listener.transport.upper()}")
        if ":" in listener.bind:
            kind += pj.PJSIP_TRANSPORT_IPV6
        transport.port = listener.port
        transport.boundAddress = listener.bind
        transport.publicAddress = listener.public_address
        if listener.transport == "tls":
            self._secure(transport.tlsConfig)
        try:
            number = self._endpoint.transportCreate(kind, transport)
        except pj.Error as error:
            raise _cannot_bind(listener, error, first=first) from None
        if listener.transport == "tls":
            self._secured.append((number, transport))

    def _secure(self, config: Any) -> None:
        """Our certificate; and where we know authorities, peers must have one of theirs."""
        pj, tls = self._pj, self._tls
        assert tls.certificate is not None  # the settings demand the pair of a TLS listener
        assert tls.key is not None
        self._certificates = Certificates(tls.certificate, tls.key)
        config.certFile, config.privKeyFile = str(tls.certificate), str(tls.key)
        config.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_3
        if tls.oldest == "1.2":
            config.proto |= pj.PJ_SSL_SOCK_PROTO_TLS1_2
        if tls.authorities is not None:
            config.CaListFile = str(tls.authorities)
            config.verifyServer = config.verifyClient = config.requireClientCert = True

    def look(self) -> None:
        """Now and then: a new certificate is for new connections; those that are open go on."""
        if self._certificates is None or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_S
        if self._certificates.renewed():
            for number, transport in self._secured:
                self._endpoint.transportRestart(number, transport)
            log.info("certificate renewed", file=str(self._tls.certificate))
        self._certificates.warn(datetime.now(UTC))


def _cannot_bind(listener: Listener, error: Any, *, first: bool) -> StartError:
    where = f"{listener.transport.upper()} {listener.bind}:{listener.port}"
    if error.status == ADDRESS_IN_USE:
        which = "SIPAGENT_SIP__PORT" if first else "another port in [[sip.listeners]]"
        return PortTaken(f"{where} is taken; stop the program that has it or set {which}")
    which = "SIPAGENT_SIP__BIND" if first else "bind in [[sip.listeners]]"
    return StartError(f"cannot listen on {where}: {error.reason}; set {which}")
