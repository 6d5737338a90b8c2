"""Builds the URI of a Refer-To, with headers inside (RFC 3261 section 19.1.1)."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

HNV_UNRESERVED: Final = "[]/?:+$-_.!~*'()"  # hnv-unreserved and unreserved, RFC 3261 25.1
LONGEST: Final = 512  # a common limit of a proxy for a Request-URI


def refer_to(target: str, headers: Mapping[str, str]) -> str:
    """``<target?name=value&...>``, each value escaped.

    PJSIP copies the text into Refer-To as it is, so what could end the header is refused:
    raises ``ValueError`` for control characters, blanks, angle brackets or over 512 octets.
    """
    if re.search(r"[\x00-\x20<>\"]", target):
        raise ValueError(f"not a SIP URI: {target!r}")
    fields = "&".join(
        f"{quote(name, safe=HNV_UNRESERVED)}={quote(value, safe=HNV_UNRESERVED)}"
        for name, value in headers.items()
    )
    uri = f"<{target}{'?' if fields else ''}{fields}>"
    if len(uri.encode()) > LONGEST:
        raise ValueError(f"Refer-To of {len(uri)} octets; proxies take {LONGEST}")
    return uri
