"""Our TLS certificate on disk: when it was renewed, and whether what lies there now can be used."""

import ssl
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509

from sipagent.errors import StartError

log = structlog.get_logger(__name__)

Stamp = tuple[int, int]

WARN_DAYS: Final = 14  # what renews certificates does so some thirty days before their end


class Certificates:
    """The pair that listeners use. ``renewed`` is asked now and then."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises ``StartError`` for a pair that cannot be used."""
        self._certificate = certificate
        self._key = key
        try:
            self._load()
        except (OSError, ssl.SSLError) as error:
            raise StartError(
                f"sip.tls: {certificate} and {key} are no pair of certificate and key ({error})"
            ) from None
        self._seen = self._stamp()
        self._ends = self._end()
        self._told: int | None = None

    def renewed(self) -> bool:
        """Whether there is another pair than before, and a whole one.

        A pair that does not fit is told once, and the old one stays in use.
        """
        now = self._stamp()
        if now == self._seen or now is None:
            return False
        self._seen = now
        try:
            self._load()
        except (OSError, ssl.SSLError) as error:
            log.error("new certificate not used", file=str(self._certificate), error=str(error))
            return False
        self._ends, self._told = self._end(), None
        return True

    def _load(self) -> None:
        """As TLS will."""
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._certificate, self._key)

    def warn(self, now: datetime) -> None:
        """Say once a day that the certificate in use will end, and once that it has."""
        if self._ends is None:
            return
        days = max(-1, (self._ends - now).days)
        if days < WARN_DAYS and days != self._told:
            self._told = days
            level = log.warning if days >= 0 else log.error
            event = "certificate ends soon" if days >= 0 else "certificate has ended"
            level(event, file=str(self._certificate), ends=self._ends.isoformat())

    def _end(self) -> datetime | None:
        """Until when the certificate holds; None where the file is not one that we can read."""
        try:
            return x509.load_pem_x509_certificate(
                self._certificate.read_bytes()
            ).not_valid_after_utc
        except (OSError, ValueError):
            return None

    def _stamp(self) -> tuple[Stamp, Stamp] | None:
        """When the two were written, and how long they are; None while one is away, as in the
        moment of a renewal."""
        try:
            both = self._certificate.stat(), self._key.stat()
        except OSError:
            return None
        first, second = ((one.st_mtime_ns, one.st_size) for one in both)
        return first, second
