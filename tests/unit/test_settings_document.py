"""docs/settings.md says what the settings say of themselves."""

from sipagent.config import Settings
from tools import settings

DOCUMENT = settings.FILE.read_text(encoding="utf-8")


def test_the_document_is_what_the_settings_say_today() -> None:
    assert settings.text() == DOCUMENT, "run: python -m tools.settings"


def test_every_table_has_its_heading() -> None:
    tables = ("`[sip]`", "`[sip.tls]`", "`[[sip.listeners]]`", "`[[trunks]]`", "`[[tenants]]`")
    assert all(f"## {table}\n" in DOCUMENT for table in tables)
    assert "## `[engines.whisper.profiles.NAME]`\n" in DOCUMENT
    assert "`data_dir`" in DOCUMENT


def test_no_setting_is_without_its_meaning() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    assert len(rows) > len(Settings.model_fields)
    assert not [row for row in rows if row.rstrip(" |").endswith("|")]
