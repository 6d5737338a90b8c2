"""E-mail and web addresses, name by name: "help@noor.ae" is "help at noor dot A E"."""

import re
from typing import Final

from sipagent.text import numbers_en
from sipagent.text.spoken.unit import Context, Kind, one_of, pattern

_SIGNS: Final = {
    "@": "at", ".": "dot", "-": "dash", "_": "underscore", "/": "slash", "+": "plus",
    ":": "colon", "=": "equals", "&": "and", "%": "percent", "~": "tilde", "#": "hash",
}  # fmt: skip
_DOMAINS: Final = (
    "com", "org", "net", "gov", "edu", "info", "biz", "mil", "ae", "sa", "eg", "qa", "kw", "om",
    "bh", "jo", "lb", "in", "uk", "us", "io", "ai", "co", "me", "app", "dev", "online", "shop",
    "store", "site", "bank",
)  # fmt: skip
_SAID_DOMAINS: Final = frozenset({"com", "org", "net", "gov", "info", "biz", "app", "co", "me"})
_PIECE: Final = re.compile(r"(?P<top>\.[A-Za-z]{2,3}(?=[./]|\Z))|[A-Za-z]+|[0-9]+|.")
_SCHEME: Final = re.compile(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", re.IGNORECASE)
_ASKED: Final = re.compile(r"[?#].*$", re.DOTALL)


def _address(match: re.Match[str], context: Context) -> str:
    return spelled(match.group())


def spelled(address: str) -> str:
    """An address in English words, which both languages use; what follows a "?" is left out."""
    address = _ASKED.sub("", _SCHEME.sub("", address)).rstrip("/")
    return " ".join(" ".join(map(_piece, _PIECE.finditer(address))).split())


def _piece(found: re.Match[str]) -> str:
    """A name, a sign or digits; the last name of a host by its letters, unless it is a word."""
    text = found.group()
    if found["top"]:
        name = text[1:]
        return f"dot {name if name.lower() in _SAID_DOMAINS else '.'.join(name.upper())}"
    return numbers_en.digits(text) if text.isdecimal() else _SIGNS.get(text, text)


_HOST: Final = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}"
_PATH: Final = r"(?:/[\w./?=&%~+#-]{0,500}(?<![.,?]))?"
ADDRESS: Final = Kind(
    pattern(
        rf"""
        (?<![\w.@/+-])
        (?: (?:mailto:)?[A-Za-z0-9_.+-]{{1,64}}@{_HOST}(?<![.-])
          | https?://{_HOST}(?::[0-9]{{1,5}})?{_PATH}(?<![.-])
          | www\.{_HOST}{_PATH}(?<![.-])
          | {_HOST}\.{one_of(_DOMAINS)}(?![\w@-]|\.\w){_PATH} )
        """
    ),
    _address,
    figures=False,
)
