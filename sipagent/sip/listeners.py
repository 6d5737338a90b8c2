"""Where the endpoint listens: its UDP, TCP and TLS transports, and the TLS ones' certificate.

Belongs to the PJSIP thread, and knows no trunk and no call.
"""

import errno
import socket
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from sipagent.config import Listener, TlsSettings
from sipagent.config.faults import Place, Unusable
from sipagent.errors import PortTaken
from sipagent.sip.certificates import Certificates, authorities_fault

log = structlog.get_logger(__name__)

LOOK_S: Final = 2.0  # between two looks at the certificate's files
ADDRESS_IN_USE: Final = 120098  # PJ_STATUS_FROM_OS(EADDRINUSE)


class ListenerTaken(PortTaken, Unusable):
    """Another program listens there; ``place`` is the setting of the port."""


class Listeners:
    """The transports of one endpoint that was initialised."""

    def __init__(self, pj: Any, endpoint: Any, tls: TlsSettings) -> None:
        self._pj = pj
        self._endpoint = endpoint
        self._tls = tls
        self._secured: list[tuple[int, Any, Listener]] = []
        self._certificates: Certificates | None = None
        self._next_look = 0.0

    def open(self, listeners: Iterable[Listener]) -> None:
        """Bind them, the first from ``sip`` itself. Raises ``PortTaken`` or ``StartError``."""
        for number, listener in enumerate(listeners):
            self._open(listener, ("sip",) if number == 0 else ("sip", "listeners", number - 1))

    def _open(self, listener: Listener, place: Place) -> None:
        pj, transport = self._pj, self._pj.TransportConfig()
        kind = getattr(pj, f"PJSIP_TRANSPORT_{listener.transport.upper()}")
        if ":" in listener.bind:
            kind += pj.PJSIP_TRANSPORT_IPV6
        transport.port = listener.port
        transport.boundAddress = listener.bind
        transport.publicAddress = listener.public_address
        secured = listener.transport == "tls"
        if secured:
            self._secure(transport.tlsConfig)
            if refusal := _refusal(listener):
                taken = refusal.errno == errno.EADDRINUSE
                raise _cannot_listen(listener, place, str(refusal.strerror), taken=taken)
        try:
            number = self._endpoint.transportCreate(kind, transport)
        except pj.Error as error:
            taken = error.status == ADDRESS_IN_USE
            raise _cannot_listen(listener, place, error.reason, taken=taken) from None
        if secured:
            if not _refusal(listener):
                raise _cannot_listen(listener, place, "PJSIP does not say why", taken=False)
            self._secured.append((number, transport, listener))

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
            if found := authorities_fault(tls.authorities):
                raise Unusable(*found)
            config.CaListFile = str(tls.authorities)
            config.verifyServer = config.verifyClient = config.requireClientCert = True

    def look(self) -> None:
        """Now and then: a new certificate is for new connections; those that are open go on."""
        if self._certificates is None or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_S
        if self._certificates.renewed():
            for number, transport, listener in self._secured:
                self._endpoint.transportRestart(number, transport)
                if not _refusal(listener):
                    log.error("not listening", transport="tls", address=listener.address)
            log.info("certificate renewed", file=str(self._tls.certificate))
        self._certificates.warn(datetime.now(UTC))


def _refusal(listener: Listener) -> OSError | None:
    """What the system has against one more program that listens there, just now.

    PJSIP tells nobody that its TLS listener could not be bound: so it is asked before, and whether
    the address is in use after.
    """
    family = socket.AF_INET6 if ":" in listener.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listener.bind, listener.port))
        except OSError as error:
            return error
    return None


def _cannot_listen(listener: Listener, place: Place, reason: str, *, taken: bool) -> Unusable:
    where = f"{listener.transport.upper()} {listener.address}"
    first = len(place) == 1
    if taken:
        which = "SIPAGENT_SIP__PORT" if first else "another port in [[sip.listeners]]"
        what = f"{where} is taken; stop the program that has it or set {which}"
        return ListenerTaken((*place, "port"), what)
    which = "SIPAGENT_SIP__BIND" if first else "bind in [[sip.listeners]]"
    return Unusable((*place, "bind"), f"cannot listen on {where}: {reason}; set {which}")
