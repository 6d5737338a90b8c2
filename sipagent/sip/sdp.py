"""Rewrites what an SDP says of audio (RFC 8866): which codecs, in which order, and the ptime.

PJSUA's codecs are one list for the whole endpoint; a trunk has its own.
"""

import re
from collections.abc import Sequence
from typing import Final

STATIC: Final = {"0": "PCMU", "8": "PCMA", "9": "G722"}  # RFC 3551 section 6
EVENTS: Final = "TELEPHONE-EVENT"
_AUDIO: Final = re.compile(r"(m=audio \d+(?:/\d+)? \S+)((?: \d+)+)$")
_MAPPED: Final = re.compile(r"a=rtpmap:(\d+) ([^/\s]+)")
_ABOUT: Final = re.compile(r"a=(?:rtpmap|fmtp):(\d+) ")


def with_codecs(sdp: str, codecs: Sequence[str], ptime_ms: int) -> str:
    """``sdp`` with ``codecs`` alone, in their order, and telephone events.

    Lines that are not about codecs stay as they are; an SDP without audio is not changed.
    """
    lines = sdp.replace("\r\n", "\n").rstrip("\n").split("\n")
    names = dict(STATIC) | {
        found[1]: found[2].upper() for line in lines if (found := _MAPPED.match(line))
    }
    rank = {name.upper(): place for place, name in enumerate([*codecs, EVENTS])}
    kept: list[str] = []
    for at, line in enumerate(lines):
        found = _AUDIO.match(line)
        if found:
            known = [number for number in found[2].split() if names.get(number) in rank]
            kept = sorted(known, key=lambda number: rank[names[number]])
            if kept:
                lines[at] = " ".join([found[1], *kept])
    if not kept:
        return sdp
    written = []
    for line in lines:
        about = _ABOUT.match(line)
        if about and about[1] not in kept:
            continue
        written.append(f"a=ptime:{ptime_ms}" if line.startswith("a=ptime:") else line)
    return "\r\n".join(written) + "\r\n"
