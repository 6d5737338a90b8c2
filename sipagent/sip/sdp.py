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
_SECTIONS: Final = re.compile(r"^(?=m=)", re.MULTILINE)


def with_codecs(sdp: str, codecs: Sequence[str], ptime_ms: int, *, events: bool = True) -> str:
    """``sdp`` with ``codecs`` alone, in their order, and telephone events if wanted.

    Lines that are not about codecs, and other media, stay as they are; so does audio that has none
    of the codecs.
    """
    text = sdp.replace("\r\n", "\n")
    wanted = [*codecs, EVENTS] if events else codecs
    parts = [_audio(part, wanted, ptime_ms) for part in _SECTIONS.split(text)]
    return "".join(parts).replace("\n", "\r\n")


def offers(sdp: str, codecs: Sequence[str]) -> bool:
    """Whether any audio in ``sdp`` has one of ``codecs``."""
    wanted = {codec.upper() for codec in codecs}
    return any(
        wanted & set(_names(section).values())
        for section in _SECTIONS.split(sdp.replace("\r\n", "\n"))
    )


def _names(section: str) -> dict[str, str]:
    """The codecs, in upper case, of the numbers in an audio section's first line."""
    first, *lines = section.split("\n")
    found = _AUDIO.match(first)
    if found is None:
        return {}
    mapped = (_MAPPED.match(line) for line in lines)
    names = dict(STATIC) | {one[1]: one[2].upper() for one in mapped if one}
    return {number: names[number] for number in found[2].split() if number in names}


def _audio(section: str, codecs: Sequence[str], ptime_ms: int) -> str:
    """One media section, or the lines before the first."""
    first, *lines = section.split("\n")
    found = _AUDIO.match(first)
    if found is None:
        return section
    names = _names(section)
    rank = {name.upper(): place for place, name in enumerate(codecs)}
    known = [number for number in names if names[number] in rank]
    kept = sorted(known, key=lambda number: rank[names[number]])
    if not kept:
        return section
    written = [" ".join([found[1], *kept])]
    for line in lines:
        about = _ABOUT.match(line)
        if about and about[1] not in kept:
            continue
        written.append(f"a=ptime:{ptime_ms}" if line.startswith("a=ptime:") else line)
    return "\n".join(written)
