"""Documents and what is wrong with them."""

from pathlib import Path

import pytest

from sipagent.errors import ConfigError
from sipagent.knowledge.documents import Section, load_documents, parse_document
from sipagent.text.language import Language

GOOD = """---
title: Opening hours
language: en
---

## Friday

On Friday we open at 8 a.m. and
close at noon. We pray then.

- Come early.
## Sunday
Closed.
"""


def test_a_document_is_its_title_language_and_sections() -> None:
    found = parse_document("hours.en.md", GOOD)
    assert (found.name, found.title, found.language) == (
        "hours.en.md",
        "Opening hours",
        Language.EN,
    )
    assert found.sections == (
        Section(
            "Friday",
            ("On Friday we open at 8 a.m. and close at noon.", "We pray then.", "Come early."),
        ),
        Section("Sunday", ("Closed.",)),
    )


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "x.md:1:", "begins with ---"),
        ("# Title", "x.md:1:", "begins with ---"),
        ("---\ntitle: A\n---\n## B\nC.", "x.md:3:", "'language'"),
        ("---\nlanguage: en\n---\n## B\nC.", "x.md:3:", "'title'"),
        ("---\ntitle: A\nlanguage: en", "x.md:3:", "no closing"),
        ("---\ntitle: A\nlanguage: fr\n---\n## B\nC.", "x.md:3:", "unknown language 'fr'"),
        ("---\ntitle: A\ntitle: B\n---", "x.md:3:", "stands twice"),
        ("---\ntitle:\n---", "x.md:2:", "is empty"),
        ("---\nowner: me\n---", "x.md:2:", "expected 'title:'"),
        ("---\ntitle: A\nlanguage: en\n---\ntext", "x.md:5:", "before the first section"),
        ("---\ntitle: A\nlanguage: en\n---\n", "x.md:4:", "no section"),
        ("---\ntitle: A\nlanguage: en\n---\n## B\n\n## C\nD.", "x.md:5:", "'B' is empty"),
        ("---\ntitle: A\nlanguage: en\n---\n##\nD.", "x.md:5:", "without a heading"),
    ],
)
def test_an_error_names_the_file_and_the_line(text: str, where: str, what: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_document("x.md", text)
    assert str(raised.value).startswith(where)
    assert what in str(raised.value)


def test_a_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no document"):
        load_documents(tmp_path)
    with pytest.raises(ConfigError, match="no such folder"):
        load_documents(tmp_path / "missing")


def test_a_file_that_is_not_utf_8_is_one_line_with_its_place(tmp_path: Path) -> None:
    text = GOOD.replace("Come early.", "Café.").encode("latin-1")
    (tmp_path / "hours.en.md").write_bytes(text)
    with pytest.raises(ConfigError) as raised:
        load_documents(tmp_path)
    assert str(raised.value) == f"{tmp_path}/hours.en.md:11: not UTF-8 text; save it as UTF-8"


def test_a_file_that_cannot_be_read_is_one_line_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(ConfigError, match=r"folder\.md: cannot be read: Is a directory"):
        load_documents(tmp_path)


def test_the_demo_tenant_says_the_same_in_both_languages() -> None:
    found = load_documents(Path(__file__).parents[2] / "kb" / "demo")
    sections = {
        language: {
            one.name.split(".")[0]: len(one.sections) for one in found if one.language is language
        }
        for language in Language
    }
    assert sections[Language.EN] == sections[Language.AR]
