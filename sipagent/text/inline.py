"""Marks inside a line of Markdown or HTML, and what is left of them to say.

Knows one line: what a link, code, an image or a tag leaves behind. Knows no lists and no tables.
"""

import html
import re
from typing import Final
from urllib.parse import urlsplit

from sipagent.text import marks
from sipagent.text.emoji import without_emoji

LONGEST: Final = 700
"""Characters of the longest mark; a longer one is no mark."""
NEW_LINE: Final = "\n"
_CELLS: Final = frozenset({"td", "th"})
_WORDY_CODE: Final = re.compile(r"[\w\s.,:@+#*'’%/-]*")
_ADDRESS: Final = r"https?://[^\s<>\"'`|]{1,600}"
_URL_END: Final = ".,;:!?)]}*_~،؛؟…'\""

COMPLETE: Final = re.compile(
    rf"""
    (?P<image> !\[[^\]\n]{{0,200}}\](?:\([^)\n]{{0,400}}\)|\[[^\]\n]{{0,100}}\]) )
  | (?P<note> \[\^?[0-9]{{1,3}}(?:\s?[,;،-]\s?[0-9]{{1,3}}){{0,9}}\](?!\() | \[\^[^\]\n]{{1,40}}\]:?
      | 【[^】\n]{{0,80}}】 )
  | \[(?P<title>[^\[\]\n]{{1,200}})\](?:\((?P<target>[^()\n]{{0,400}})\)|\[[^\]\n]{{0,100}}\])
  | (?P<ticks>`{{1,3}})(?P<code>[^`\n]{{1,300}})(?P=ticks)
  | (?P<token> <\|[^|>\n]{{0,60}}\|> )
  | <(?P<auto>(?:https?://|mailto:|tel:)[^<>\s]{{1,400}})>
  | (?P<tag>{marks.TAG.pattern})
  | (?P<url>{_ADDRESS})
  | (?P<entity> &(?:[A-Za-z]{{2,10}}|\#[0-9]{{1,6}}|\#[xX][0-9A-Fa-f]{{1,6}}); )
  | (?P<picture> (?-i: :[a-z][a-z_]{{2,30}}: ) )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# what may still become one of those, at the end of what has come
OPEN: Final = re.compile(
    rf"""
    (?: !?\[[^\]\n]{{0,200}} | !?\[[^\]\n]{{0,200}}\](?:\([^)\n]{{0,400}}|\[[^\]\n]{{0,100}})?
      | !
      | 【[^】\n]{{0,80}}
      | `{{1,3}}[^`\n]{{0,300}}`{{0,2}}
      | </?[A-Za-z|!?][^<>]{{0,300}} | </?
      | {_ADDRESS}
      | h(?:t(?:t(?:p(?:s?(?::/{{0,2}})?)?)?)?)?
      | &\#?\w{{0,10}}
      | :[a-z_]{{0,30}}
      | [*_~]{{1,40}} | \|{{1,9}}
      | (?<!\S)\*[0-9*]{{0,20}}\#? | (?<!\S)[^\s<>]{{0,60}}_[^\s<>]{{0,60}}
      | \\{{1,40}} | \#
    )\Z
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_STARS: Final = re.compile(
    r"\*{2,}|(?<=\S)\*(?![0-9*\s#])|(?<![\s*0-9])\*|(?<![^\s(])\*(?![0-9*#\s.,;:)]|$)"
)
_UNDERSCORES: Final = re.compile(r"(?<![\w.@+-])_+|_+(?![\w@.])")
_JOINED: Final = re.compile(r"(?<!\S)[^\s@]+(?!\S)")
_BRACES: Final = re.compile(r"[\[\]{}]|~~|`+|\\$|【|】")
_HASHTAG: Final = re.compile(r"(?<!\S)#(?=[^\W\d])")
_OPENER: Final = re.compile(r"<(?![\s0-9=]|\Z)")  # no tag may come of what is left
_BAR: Final = re.compile(r"\s*\|+\s*")
_DOT: Final = re.compile(r"\s*[•·‣▪●◦]\s*")


def spoken_mark(found: re.Match[str], keep_marks: bool) -> str:
    """What a mark leaves to say, perhaps nothing. A tag that begins a line is a line's end."""
    if found["title"] is not None:
        return host(found["title"]) if "://" in found["title"] else plain_inline(found["title"])
    if found["code"] is not None:
        return found["code"] if _WORDY_CODE.fullmatch(found["code"]) else ""
    if found["url"]:
        return _url(found["url"])
    if found["auto"]:
        return host(found["auto"])
    if found["entity"]:
        return _entity(found["entity"])
    if found["tag"]:
        return _tag(found, keep_marks)
    return ""


def _url(address: str) -> str:
    """The host, and the marks behind the address that are the sentence's."""
    bare = address.rstrip(_URL_END)
    return host(bare) + address[len(bare) :]


def host(address: str) -> str:
    """Of a web address its host, of another what it says: "noor.ae", "help@noor.ae"."""
    scheme, _, rest = address.partition(":")
    if scheme in ("mailto", "tel"):
        return rest.partition("?")[0]
    try:
        name = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")


def _entity(entity: str) -> str:
    sign = html.unescape(entity)
    return " " if sign in "<>\u00a0" or sign == entity else sign


def _tag(found: re.Match[str], keep_marks: bool) -> str:
    if found["mark"]:
        return found.group() if keep_marks and found.group().endswith(">") else ""
    name = (found["other"] or "").lower()
    if name in marks.BLOCKS:
        return NEW_LINE
    return ", " if name in _CELLS and not found.group().startswith("</") else ""


def plain_inline(text: str, before: str = "", after: str = "") -> str:
    """A stretch without the marks of ``COMPLETE``: emphasis, escapes, emoji, brackets go.

    ``before`` and ``after`` are the characters on either side.
    """
    before, after = _kind(before), _kind(after)
    whole = before + _ESCAPED.sub(r"\1", text) + after
    for unspoken in (_OPENER, _STARS, _UNDERSCORES, _HASHTAG):
        whole = unspoken.sub("", whole)
    text = whole[len(before) : len(whole) - len(after)]
    text = _JOINED.sub(lambda word: word[0].replace("_", " "), text)
    text = _DOT.sub(", ", _BAR.sub(", ", _BRACES.sub("", text)))
    return without_emoji(text)


def _kind(sign: str) -> str:
    """A sign that stands for another of its kind, and is never taken away itself."""
    if not sign or sign.isspace() or sign == "(":
        return sign
    return ("0" if sign.isdecimal() else "a") if sign.isalnum() else ";"


def plain_line(text: str, keep_marks: bool) -> str:
    """A whole line, or a cell of a table."""
    said: list[str] = []
    start = 0
    for found in COMPLETE.finditer(text):
        said.append(plain_inline(text[start : found.start()]))
        said.append(spoken_mark(found, keep_marks).replace(NEW_LINE, " "))
        start = found.end()
    said.append(plain_inline(text[start:]))
    return " ".join("".join(said).split())
