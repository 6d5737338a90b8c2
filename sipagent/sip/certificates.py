"""Our TLS certificate on disk: when it was renewed, and whether what lies there now can be used."""

import ssl
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

Stamp = tuple[int, int]


class Certificates:
    """The pair that listeners use. ``renewed`` is asked now and then."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """A file that is away for a moment is being renewed."""
        self._certificate = certificate
        self._key = key
        self._seen = self._stamp()

    def renewed(self) -> bool:
        """Whether there is another pair than before, and a whole one.

        A pair that does not fit is told once, and the old one stays in use.
        """
        now = self._stamp()
        if now == self._seen or now is None:
            return False
        self._seen = now
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._certificate, self._key)
        except (OSError, ssl.SSLError) as error:
            log.error("new certificate not used", file=str(self._certificate), error=str(error))
            return False
        return True

    def _stamp(self) -> tuple[Stamp, Stamp] | None:
        """When the two were written, and how long they are; None while one is away."""
        try:
            both = self._certificate.stat(), self._key.stat()
        except OSError:
            return None
        first, second = ((one.st_mtime_ns, one.st_size) for one in both)
        return first, second
