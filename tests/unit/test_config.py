"""Settings: what is right, and the one line that says what is wrong."""

import json
from pathlib import Path

import pytest

from sipagent import config
from sipagent.errors import ConfigError
from sipagent.handoff.token import Context, Tokens, headers, target
from sipagent.sip.uri import LONGEST, refer_to
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
            "sipagent.toml:3: sip.prot: unknown setting; expected one of "
            + ", ".join(config.SipSettings.model_fields),
        ),
        (
            '[[trunks]]\nname = "a"\nnetworks = ["1.2.3.4/99"]\n',
            "sipagent.toml:3: trunks.0.networks.0: '1.2.3.4/99' does not appear to be an IPv4 or "
            'IPv6 network; expected a list of networks, such as ["54.172.60.0/30"]',
        ),
        (
            "[media]\nrtp_port_min = 20000\nrtp_port_max = 10001\n",
            "sipagent.toml:1: media: rtp_port_max must be over rtp_port_min (20000)",
        ),
        (
            '[[tenants]]\nname = "a"\nnumbers = ["+97142000000"]\nknowledge = "kb"\n'
            'desk = "nobody"\n',
            "sipagent.toml:5: tenants.0.desk: not a SIP URI with a user part; "
            "expected where a human is reached, such as sip:desk@10.0.0.5",
        ),
        (
            "[media]\nrtp_port_min = 10001\n",
            "sipagent.toml:2: media.rtp_port_min: Input should be a multiple of 2; "
            "expected an even UDP port from 1024",
        ),
        (
            "[media]\nrtp_port_max = 20000\n",
            "sipagent.toml:2: media.rtp_port_max: an even last port leaves no port for its RTCP; "
            "expected an odd UDP port over rtp_port_min",
        ),
        (
            "[media]\nclock_hz = 16000\n",
            "sipagent.toml:2: media.clock_hz: Input should be 8000; "
            "expected 8000, the rate of G.711",
        ),
        (
            "[media]\nrtp_port_min = 10000\nrtp_port_max = 10397\n",
            "sipagent.toml: settings: 200 calls need 400 RTP ports and there are 398; "
            "raise media.rtp_port_max by 2 or lower sip.max_calls",
        ),
        (
            '[[trunks]]\nname = "a"\nnetworks = ["10.0.0.1"]\n' * 2,
            "sipagent.toml: settings: two [[trunks]] have the name 'a'; name each once",
        ),
        (
            "[sip]\nport = " + "1" * 5000,
            "sipagent.toml: a number has too many digits, or lists are too deep",
        ),
        (
            "x = " + "[" * 5000,
            "sipagent.toml: a number has too many digits, or lists are too deep",
        ),
    ],
)
def test_a_fault_is_one_line_with_place_key_what_is_wrong_and_what_is_right(
    tmp_path: Path, text: str, line: str
) -> None:
    assert faults(written(tmp_path, text)) == [line]


def test_as_many_ports_as_the_calls_need_are_enough(tmp_path: Path) -> None:
    path = written(tmp_path, "[media]\nrtp_port_min = 10000\nrtp_port_max = 10399\n")
    assert config.load(path).media.rtp_port_max == 10399


def desk(tmp_path: Path, uri: str) -> Path:
    tenant = '[[tenants]]\nname = "a"\nnumbers = ["+97142000000"]\nknowledge = "k"\n'
    return written(tmp_path, f"{tenant}desk = {json.dumps(uri)}\n")


@pytest.mark.parametrize(
    "uri",
    [
        'sip:a"b@10.0.0.5',
        "sip:a\x01b@10.0.0.5",
        "sip:desk@10.0.0.5\x7f",
        "sip:desk@10.0.0.5\r\nX: y",
        "sip:desk:password@10.0.0.5",
        "sip:desk@10.0.0.5?Replaces=a",
        "sip:مكتب@10.0.0.5",
        "sip:a%zz@10.0.0.5",
        "tel:+97142000000",
    ],
)
def test_a_desk_that_refer_to_cannot_hold_is_a_fault(tmp_path: Path, uri: str) -> None:
    (line,) = faults(desk(tmp_path, uri))
    assert line.startswith("sipagent.toml:5: tenants.0.desk: not a SIP URI with a user part")


@pytest.mark.parametrize(
    "uri",
    [
        "sip:desk@pbx.example.ae:5070;transport=udp;lr",
        "sips:+97142000000@[2001:db8::1]:5061",
        "sip:help%20desk.2(1)@10.0.0.5",
    ],
)
def test_a_desk_may_have_what_a_sip_uri_has(tmp_path: Path, uri: str) -> None:
    assert config.load(desk(tmp_path, uri)).tenants[0].desk == uri


def test_the_longest_desk_leaves_room_for_the_token_in_refer_to(tmp_path: Path) -> None:
    longest = "sip:desk@" + "a" * (config.DESK_URI_LONGEST - len("sip:desk@"))
    uri = config.load(desk(tmp_path, longest)).tenants[0].desk
    token = Tokens(1.0).give(Context("c", "t", "r"))
    assert len(refer_to(target(uri, token), headers(token))) <= LONGEST
    (line,) = faults(desk(tmp_path, longest + "a"))
    assert "201 characters; with the token, Refer-To takes 200 at most" in line


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "[sip]\nport = 0\nprot = 1\n[media]\nclock_hz = 44100\n")
    assert len(faults(path)) == 3


def test_a_fault_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIPAGENT_SIP__PORT", "abc")
    with pytest.raises(ConfigError, match=r"^environment: SIPAGENT_SIP__PORT: sip\.port: "):
        config.load()


@pytest.mark.parametrize("variable", ["SIPAGENT_TRUNKS", "SIPAGENT_ENGINES__WHISPER"])
def test_a_table_in_the_environment_that_is_no_json_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "foo")
    with pytest.raises(ConfigError) as caught:
        config.load()
    assert str(caught.value) == (
        f"environment: {variable}: not JSON; expected a JSON object or list; "
        "single settings are SIPAGENT_SECTION__NAME"
    )


@pytest.mark.parametrize("value", ["[" * 5000, "[" + "1" * 5000 + "]"])
def test_json_that_python_cannot_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SIPAGENT_TRUNKS", value)
    with pytest.raises(ConfigError, match=r"^environment: .*not JSON") as caught:
        config.load()
    assert "\n" not in str(caught.value)


def test_too_few_ports_for_the_calls_are_told_where_there_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIPAGENT_MEDIA__RTP_PORT_MAX", "10001")
    with pytest.raises(ConfigError, match=r"^environment: settings: 200 calls need 400 RTP ports"):
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
