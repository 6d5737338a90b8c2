"""Settings: what is right, and the one line that says what is wrong."""

from pathlib import Path

import pytest

from sipagent import config
from sipagent.errors import ConfigError
from sipagent.text.language import Language


def written(folder: Path, text: str) -> Path:
    path = folder / "sipagent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    return str(caught.value).replace(f"{path.parent}/", "").splitlines()


def test_without_a_file_the_demo_tenant_answers_loopback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = config.load()
    assert settings.trunks == config.DEMO_TRUNKS
    assert settings.tenants[0].numbers == ("+97142000000",)
    assert (settings.tenants[0].knowledge / "hours.en.md").is_file()


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "[sip]\nport = 5070\nmax_calls = 7\n")
    monkeypatch.setenv("SIPAGENT_SIP__PORT", "5080")
    monkeypatch.setenv("SIPAGENT_DATA_DIR", "/somewhere")
    settings = config.load(path)
    assert (settings.sip.port, settings.sip.max_calls) == (5080, 7)
    assert settings.data_dir == Path("/somewhere")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[sip]\nport = 99999\n",
            "sipagent.toml:2: sip.port: Input should be less than or equal to 65535; "
            "expected a UDP port from 1 to 65535",
        ),
        (
            "\n[sip]\nprot = 1\n",
            "sipagent.toml:3: sip.prot: unknown setting; "
            "expected one of bind, port, max_calls, drain_s",
        ),
        (
            '[[trunks]]\nname = "a"\nnetworks = ["1.2.3.4/99"]\n',
            "sipagent.toml:3: trunks.0.networks.0: '1.2.3.4/99' does not appear to be an IPv4 or "
            'IPv6 network; expected a list of networks, such as ["54.172.60.0/30"]',
        ),
        (
            "[media]\nrtp_port_min = 20000\nrtp_port_max = 10000\n",
            "sipagent.toml:1: media: rtp_port_max must be over rtp_port_min (20000)",
        ),
        (
            '[[tenants]]\nname = "a"\nnumbers = ["+97142000000"]\nknowledge = "kb"\n'
            'desk = "nobody"\n',
            "sipagent.toml:5: tenants.0.desk: not a SIP URI with a user part; "
            "expected where a human is reached, such as sip:desk@10.0.0.5",
        ),
    ],
)
def test_a_fault_is_one_line_with_place_key_what_is_wrong_and_what_is_right(
    tmp_path: Path, text: str, line: str
) -> None:
    assert faults(written(tmp_path, text)) == [line]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "[sip]\nport = 0\nprot = 1\n[media]\nclock_hz = 44100\n")
    assert len(faults(path)) == 3


def test_a_fault_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIPAGENT_SIP__PORT", "abc")
    with pytest.raises(ConfigError, match=r"^environment: SIPAGENT_SIP__PORT: sip\.port: "):
        config.load()


def test_a_misspelt_section_in_the_environment_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIPAGENT_SPI__PORT", "5060")
    with pytest.raises(ConfigError, match="SIPAGENT_SPI__PORT: unknown setting"):
        config.load()


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    (line,) = faults(written(tmp_path, "[sip]\nport = = 1\n"))
    assert "not TOML" in line
    assert "line 2" in line


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (line,) = faults(tmp_path / "none.toml")
    assert line == "none.toml: No such file or directory; name an existing file"


def test_a_number_has_one_owner(tmp_path: Path) -> None:
    tenant = (
        '[[tenants]]\nname = "{}"\nnumbers = ["+97142000000"]\nknowledge = "k"\ndesk = "sip:a@b"\n'
    )
    (line,) = faults(written(tmp_path, tenant.format("a") + tenant.format("b")))
    assert "+97142000000 belongs to a and to b" in line


def test_a_knowledge_folder_counts_from_its_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[tenants]]\nname = "a"\nnumbers = ["+97142000000"]\nknowledge = "kb"\n'
        'desk = "sip:a@b"\n[tenants.greeting]\nen = "Hello."\n',
    )
    tenant = config.load(path).tenants[0]
    assert tenant.knowledge == tmp_path / "kb"
    assert tenant.greeting == {Language.EN: "Hello."}
