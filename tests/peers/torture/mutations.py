"""Seeded mutations: what a fuzzer makes of the messages."""

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from tests.peers.torture.drafts import LARGEST
from tests.peers.torture.messages import DRAFTS, PLAIN, filled

_EXTREMES: Final = tuple(
    str(number).encode() for number in (-1, 0, 255, 65536, 2**31, 2**32, 2**64, 10**40)
)
_LINE_ENDS: Final = (b"\n", b"\r", b"\x00", b"")
_LENGTHS: Final = (1, 2, 3, 8, 40, 200)
_NUMBER: Final = re.compile(rb"\d+")
_TOKEN: Final = re.compile(rb"[\w.%*+-]+")
_LENGTH_HEADER: Final = re.compile(rb"^((?:content-length|l)[ \t]*:\s*)\d+", re.I | re.M)
_HIGH: Final = (
    b"\xff",
    b"\x80",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    "\u0627\u202e".encode(),
)
_NESTS: Final = (
    (b"<", b">"),
    (b'"', b'"'),
    (b"(", b")"),
    (b"[", b"]"),
    (b"{", b"}"),
    (b'\\"', b""),
    (b"%25", b""),
    (b"%0D%0A", b"%00"),
    (b"%", b"%"),
    (b";", b"="),
    (b",", b""),
)


def _span(data: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice(_LENGTHS))


def _put(data: bytes, at: tuple[int, int], new: bytes) -> bytes:
    return data[: at[0]] + new + data[at[1] :]


def _found(pattern: re.Pattern[bytes], data: bytes, rng: Random) -> tuple[int, int]:
    """Where a random match is; any empty place, where there is none."""
    spans = [match.span() for match in pattern.finditer(data)]
    place = rng.randrange(len(data) + 1)
    return rng.choice(spans) if spans else (place, place)


def _flip(data: bytes, rng: Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.randint(1, 8) if data else 0):
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _delete(data: bytes, rng: Random) -> bytes:
    return _put(data, _span(data, rng), b"")


def _duplicate(data: bytes, rng: Random) -> bytes:
    start, end = _span(data, rng)
    return _put(data, (start, end), data[start:end] * rng.choice((2, 3, 20)))


def _insert(data: bytes, rng: Random) -> bytes:
    start, _ = _span(data, rng)
    return _put(data, (start, start), rng.randbytes(rng.choice(_LENGTHS)))


def _swap_lines(data: bytes, rng: Random) -> bytes:
    lines = data.split(b"\r\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def _repeat_line(data: bytes, rng: Random) -> bytes:
    lines = data.split(b"\r\n")
    at = rng.randrange(len(lines))
    lines[at:at] = [lines[at]] * rng.choice((1, 2, 30, 200))
    return b"\r\n".join(lines)


def _extreme(data: bytes, rng: Random) -> bytes:
    return _put(data, _found(_NUMBER, data, rng), rng.choice(_EXTREMES))


def _line_ends(data: bytes, rng: Random) -> bytes:
    end = rng.choice(_LINE_ENDS)
    if rng.random() < 0.3:
        return data.replace(b"\r\n", end)
    lines = data.split(b"\r\n")
    at = rng.randint(1, len(lines))
    return b"\r\n".join(lines[:at]) + end + b"\r\n".join(lines[at:])


def _truncate(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _long_token(data: bytes, rng: Random) -> bytes:
    start, end = _found(_TOKEN, data, rng)
    token = data[start:end] or b"x"
    length = rng.choice((64, 128, 256, 257, 1024, 4096, 14_000))
    return _put(data, (start, end), (token * (length // len(token) + 1))[:length])


def _high_bytes(data: bytes, rng: Random) -> bytes:
    at = _found(_TOKEN, data, rng)
    start = rng.randint(*at)
    return _put(data, (start, start), rng.choice(_HIGH) * rng.choice(_LENGTHS))


def _nest(data: bytes, rng: Random) -> bytes:
    start, end = _found(_TOKEN, data, rng)
    left, right = rng.choice(_NESTS)
    depth = rng.choice((1, 2, 3, 30, 500))
    inside = data[start:end]
    return _put(data, (start, end), left * depth + inside + right * (depth - rng.randint(0, 1)))


_MUTATORS: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    *(_flip, _delete, _duplicate, _insert, _swap_lines, _repeat_line, _extreme, _extreme),
    *(_line_ends, _long_token, _high_bytes, _nest),
)


def _mutated(data: bytes, rng: Random) -> bytes:
    """One to four changes, each in the head, the body or the whole."""
    for _ in range(rng.randint(1, 4)):
        mutate = rng.choice(_MUTATORS)
        head, blank, body = data.partition(b"\r\n\r\n")
        where = rng.random()
        if not body or where < 0.2:
            data = mutate(data, rng)
        elif where < 0.7:
            data = mutate(head, rng) + blank + body
        else:
            data = head + blank + mutate(body, rng)
    return _truncate(data, rng) if rng.random() < 0.04 else data


def _mended(data: bytes) -> bytes:
    """With the Content-Length that the body has now, so that the body is read."""
    length = len(data.partition(b"\r\n\r\n")[2])
    return _LENGTH_HEADER.sub(rb"\g<1>%d" % length, data, count=1)


def mutations(seed: int, count: int, port: int) -> Iterator[bytes]:
    """``count`` broken datagrams, the same for the same seed and port.

    Most begin a dialog of their own; some take the dialog of the one before.
    """
    rng = Random(seed)
    ident = f"mutation-{seed}-0"
    for number in range(count):
        if rng.random() < 0.94:
            ident = f"mutation-{seed}-{number}"
        draft = PLAIN if rng.random() < 0.4 else rng.choice(DRAFTS).data
        data = _mutated(filled(draft, ident, port, "+97142000000", "127.0.0.1"), rng)
        yield (_mended(data) if rng.random() < 0.5 else data)[:LARGEST]
