"""A tenant's documents from a folder of Markdown files. Knows no index.

A file begins with front matter (``title`` and ``language`` between two lines of ``---``) and has
sections under ``##``; a section is its sentences. Errors name the file and the line.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.errors import ConfigError
from sipagent.text.arabic import strip_marks
from sipagent.text.language import Language
from sipagent.text.sentences import sentences

_FENCE: Final = "---"
_KEYS: Final = frozenset({"title", "language"})
_LANGUAGES: Final = frozenset(language.value for language in Language)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences under it, as they may be spoken."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file: ``name`` is its file name, which sources cite."""

    name: str
    title: str
    language: Language
    sections: tuple[Section, ...]


def load_documents(folder: Path) -> tuple[Document, ...]:
    """Every ``*.md`` of a folder, by name. Raises ``ConfigError`` as "file:line: what"."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder of documents")
    found = tuple(
        parse_document(path.name, _read(path), str(path)) for path in sorted(folder.glob("*.md"))
    )
    if not found:
        raise ConfigError(f"{folder}: holds no document (*.md)")
    return found


def _read(path: Path) -> str:
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from None


def parse_document(name: str, text: str, path: str = "") -> Document:
    """A document from its text. ``path`` is what errors call it."""
    lines = strip_marks(text).splitlines()
    where = path or name
    front, body = _front_matter(lines, where)
    sections = _sections(lines, body, where)
    return Document(name, front["title"], Language(front["language"]), sections)


def _front_matter(lines: list[str], where: str) -> tuple[dict[str, str], int]:
    """The keys, and the index of the first line after the front matter."""
    if not lines or lines[0].strip() != _FENCE:
        raise ConfigError(f"{where}:1: a document begins with --- and its title and language")
    front: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == _FENCE:
            for key in sorted(_KEYS - front.keys()):
                raise ConfigError(f"{where}:{number}: the front matter has no {key!r}")
            return front, number
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon or key not in _KEYS:
            raise ConfigError(f"{where}:{number}: expected 'title:' or 'language:', not {line!r}")
        if key in front:
            raise ConfigError(f"{where}:{number}: {key!r} stands twice")
        if not value:
            raise ConfigError(f"{where}:{number}: {key!r} is empty")
        front[key] = value.strip("\"'")
        if key == "language" and front[key] not in _LANGUAGES:
            raise ConfigError(
                f"{where}:{number}: unknown language {front[key]!r}; "
                f"known: {', '.join(sorted(_LANGUAGES))}"
            )
    raise ConfigError(f"{where}:{len(lines)}: the front matter has no closing ---")


def _sections(lines: list[str], body: int, where: str) -> tuple[Section, ...]:
    found: list[Section] = []
    heading, at, text = "", body, list[str]()
    for number, line in enumerate([*lines[body:], "## "], start=body + 1):
        if not line.startswith("##"):
            if line.strip() and not heading:
                raise ConfigError(f"{where}:{number}: text before the first section (##)")
            text.append(line.strip())
            continue
        if heading:
            found.append(_section(heading, text, f"{where}:{at}"))
        heading, at, text = line.lstrip("#").strip(), number, []
        if not heading and number <= len(lines):
            raise ConfigError(f"{where}:{number}: a section without a heading")
    if not found:
        raise ConfigError(f"{where}:{len(lines)}: the document has no section (##)")
    return tuple(found)


def _section(heading: str, text: list[str], where: str) -> Section:
    spoken = tuple(sentences("".join(map(_joined, text))))
    if not spoken:
        raise ConfigError(f"{where}: the section {heading!r} is empty")
    return Section(heading, spoken)


def _joined(line: str) -> str:
    """A wrapped line goes on; an empty line or a list item begins anew."""
    if not line:
        return "\n"
    return "\n" + line[2:] if line.startswith(("- ", "* ")) else " " + line
