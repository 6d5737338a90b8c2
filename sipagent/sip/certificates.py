"""Our TLS certificate on disk: when it was renewed, and whether what lies there now can be used."""

import re
import ssl
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509

from sipagent.config.faults import Fault, Unusable

log = structlog.get_logger(__name__)

Stamp = tuple[int, int]

WARN_DAYS: Final = 14  # what renews certificates does so some thirty days before their end
CERTIFICATE: Final = ("sip", "tls", "certificate")
KEY: Final = ("sip", "tls", "key")
OTHER_KEY: Final = ("KEY_VALUES_MISMATCH", "NO_CERTIFICATE_ASSIGNED")  # the latter of its type
AUTHORITIES: Final = ("sip", "tls", "authorities")
_BEGINS: Final = re.compile(
    r"^-----BEGIN ([A-Z0-9 ]+)-----\s*(Proc-Type: 4,ENCRYPTED)?", re.MULTILINE
)


class Certificates:
    """The pair that listeners use. ``renewed`` is asked now and then."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises ``Unusable`` for a pair that cannot be used."""
        self._certificate = certificate
        self._key = key
        if found := fault(certificate, key):
            raise Unusable(*found)
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
        if found := fault(self._certificate, self._key):
            log.error("new certificate not used", file=str(self._certificate), error=found[1])
            return False
        self._ends, self._told = self._end(), None
        return True

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


def fault(certificate: Path, key: Path) -> Fault | None:
    """Which of the two settings is wrong, and why; None for a pair that TLS can use.

    Nobody is asked for a pass phrase: a node that starts with its machine has nobody to ask.
    """
    try:
        in_certificate, in_key = _blocks(certificate), _blocks(key)
    except OSError as error:
        place = KEY if error.filename == str(key) else CERTIFICATE
        return place, f"{error.filename}: {error.strerror}; the node must be able to read it"
    if "CERTIFICATE" not in in_certificate:
        instead = "a private key" if _keys(in_certificate) else "no certificate"
        return CERTIFICATE, f"{certificate} holds {instead}; name a PEM file with our certificate"
    if not _keys(in_key):
        instead = "a certificate" if "CERTIFICATE" in in_key else "no private key"
        return KEY, f"{key} holds {instead}; name the PEM file with the certificate's private key"
    if any("ENCRYPTED" in name for name in in_key):
        how = f"openssl pkey -in {key} -out FILE"
        return KEY, f"{key} is encrypted; write the key without its pass phrase: {how}"
    return _refused(certificate, key)


def _refused(certificate: Path, key: Path) -> Fault | None:
    """What OpenSSL has against the two, as TLS will load them."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password=lambda: "")
    except ssl.SSLError as error:
        if error.reason in OTHER_KEY:
            what = f"{key} is the key of another certificate than {certificate}"
            return KEY, f"{what}; name the key that this one was made with"
        return CERTIFICATE, f"{certificate} and {key} cannot be read as PEM ({error.reason})"
    return None


def authorities_fault(authorities: Path) -> Fault | None:
    """Why the authorities cannot be used, where they cannot."""
    try:
        if x509.load_pem_x509_certificates(authorities.read_bytes()):
            return None
    except (OSError, ValueError):
        pass
    return AUTHORITIES, f"{authorities} holds no certificates; name a PEM file of authorities"


def _blocks(file: Path) -> set[str]:
    """What a PEM file holds, by the names in its BEGIN lines. Raises ``OSError``."""
    text = file.read_bytes().decode("ascii", "replace")
    return {
        " ".join(filter(None, (name, old and "ENCRYPTED"))) for name, old in _BEGINS.findall(text)
    }


def _keys(blocks: set[str]) -> bool:
    return any("PRIVATE KEY" in name for name in blocks)
