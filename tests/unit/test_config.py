"""Settings: what is right, and the one line that says what is wrong."""

import json
import os
import re
from pathlib import Path

import pytest

from sipagent import config
from sipagent.config.faults import Place, Unusable, placed
from sipagent.errors import ConfigError
from sipagent.handoff.token import Context, Tokens, headers, target
from sipagent.sip.uri import LONGEST, refer_to
from sipagent.text.language import Language
from tools.demo.processes import unconfigured

ROOT = Path(__file__).parents[2]
TENANT = '[[tenants]]\nname = "{}"\nnumbers = ["{}"]\nknowledge = "k"\ndesk = "sip:a@b"\n'
LISTENER = '[[sip.listeners]]\ntransport = "{}"\nbind = "127.0.0.1"\nport = {}\n'
TRUNK = '[[trunks]]\nname = "{}"\nnetworks = ["{}"]\n'


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with documents and without a file, and none of the user's own variables."""
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "hours.md").touch()
    monkeypatch.chdir(tmp_path)
    for name in os.environ.keys() - unconfigured().keys():
        monkeypatch.delenv(name)


def written(folder: Path, text: str) -> Path:
    path = folder / "sipagent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    return str(caught.value).replace(f"{path.parent}/", "").splitlines()


def test_without_a_file_the_demo_tenant_answers_loopback() -> None:
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
            "sipagent.toml:3: sip.prot: unknown setting; did you mean port? Known are "
            + ", ".join(config.SipSettings.model_fields),
        ),
        (
            '[[trunks]]\nname = "a"\nnetworks = ["1.2.3.4/99"]\n',
            "sipagent.toml:3: trunks.0.networks.0: '1.2.3.4/99' does not appear to be an IPv4 or "
            'IPv6 network; expected a list of networks, such as ["54.172.60.0/30"]',
        ),
        (
            '[[trunks]]\nname = "a"\nnetworks = "127.0.0.2/32"\n',
            'sipagent.toml:3: trunks.0.networks: a list is expected: ["127.0.0.2/32"]',
        ),
        (
            '[[trunks]]\nname = "a"\nnetwork = ["127.0.0.2/32"]\nnetworks = []\n',
            "sipagent.toml:3: trunks.0.network: unknown setting; did you mean networks? Known are "
            + ", ".join(config.Trunk.model_fields),
        ),
        (
            TRUNK.format("a", "127.0.0.1/24"),
            "sipagent.toml:3: trunks.0.networks.0: 127.0.0.1/24 has host bits set; "
            "did you mean 127.0.0.0/24?",
        ),
        (
            LISTENER.format("tcp", 5070) * 2,
            "sipagent.toml:5: sip.listeners.1: tcp 127.0.0.1:5070 is sip.listeners.0 already; "
            "give it once",
        ),
        (
            LISTENER.format("udp", 5060),
            "sipagent.toml:1: sip.listeners.0: udp 127.0.0.1:5060 is sip.bind and sip.port "
            "already; give it once",
        ),
        (
            "[sip.tls]\ncertificate = 'k'\n",
            "sipagent.toml:2: sip.tls.certificate: k is a folder; "
            "expected a PEM file: our certificate and its chain",
        ),
        (
            "[media]\nrtp_port_min = 20000\nrtp_port_max = 10001\n",
            "sipagent.toml:3: media.rtp_port_max: 10001 is under rtp_port_min, which is 20000; "
            "expected an odd UDP port over rtp_port_min",
        ),
        (
            "[media]\nrtp_port_min = 20000\n",
            "sipagent.toml:1: media.rtp_port_max: 19999 is under rtp_port_min, which is 20000; "
            "expected an odd UDP port over rtp_port_min",
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
            "[media]\nclock_hz = 44100\n",
            "sipagent.toml:2: media.clock_hz: Input should be 8000 or 16000; "
            "expected 8000, the rate of G.711, or 16000, for trunks with G.722 or Opus",
        ),
        (
            "[media]\nrtp_port_min = 10000\nrtp_port_max = 10525\n",
            "sipagent.toml:3: media.rtp_port_max: 200 calls, and 64 more until they are refused, "
            "need 528 RTP ports and there are 526; make room for 2 more or lower sip.max_calls",
        ),
        (
            '[[sip.listeners]]\ntransport = "tls"\nbind = "127.0.0.1"\nport = 5061\n',
            "sipagent.toml:2: sip.listeners.0.transport: TLS needs a certificate; "
            "set sip.tls.certificate and sip.tls.key",
        ),
        (
            '[sip.tls]\ncertificate = "nowhere.pem"\n',
            "sipagent.toml:2: sip.tls.certificate: no file nowhere.pem; "
            "expected a PEM file: our certificate and its chain",
        ),
        (
            '[sip]\nbind = "localhost"\n',
            "sipagent.toml:2: sip.bind: 'localhost' does not appear to be an IPv4 or IPv6 address; "
            "expected an address of this machine, or 0.0.0.0 for all",
        ),
        (
            TRUNK.format("a", "10.0.0.1") + 'secret = "0123456789abcdef"\n',
            "sipagent.toml:4: trunks.0.secret: secret and secret_header come together; "
            "expected the secret in secret_header, at least 16 characters",
        ),
        (
            TRUNK.format("a", "10.0.0.1") + 'secret_header = "X-Key"\nsecret = "short"\n',
            "sipagent.toml:5: trunks.0.secret: 5 characters can be guessed; "
            "expected the secret in secret_header, at least 16 characters",
        ),
        (
            TRUNK.format("a", "10.0.0.1") + 'codecs = ["G729"]\n',
            "sipagent.toml:4: trunks.0.codecs.0: Input should be 'PCMU', 'PCMA', 'G722' or 'opus'; "
            'expected a list in order of preference: "PCMU", "PCMA", "G722", "opus"',
        ),
        (
            TRUNK.format("a", "10.0.0.1") + TRUNK.format("a", "10.0.0.2"),
            "sipagent.toml:5: trunks.1.name: a is trunks.0.name already; give it once",
        ),
        (
            TRUNK.format("a", "10.0.0.1") + TRUNK.format("b", "10.0.0.1/32"),
            "sipagent.toml:6: trunks.1.networks.0: 10.0.0.1/32 is trunks.0.networks.0 already; "
            "give it once",
        ),
        (
            '[[trunks]]\nname = "a"\n',
            "sipagent.toml:1: trunks.0: a trunk without networks is reached by no call; "
            "give it some or set sip.proxies",
        ),
        (
            TENANT.format("a", "+97142000000") + TENANT.format("b", "+97142000000"),
            "sipagent.toml:8: tenants.1.numbers.0: +97142000000 is tenants.0.numbers.0 already; "
            "give it once",
        ),
        (
            TENANT.format("a", "+97142000000") + TENANT.format("a", "+97142000001"),
            "sipagent.toml:7: tenants.1.name: a is tenants.0.name already; give it once",
        ),
        (
            TENANT.format("a", "+97142000000") + 'languages = ["en", "ar", "en"]\n',
            "sipagent.toml:6: tenants.0.languages.2: en is languages.0 already; give it once",
        ),
        (
            TENANT.format("a", "+97142000000").replace('"k"', '"nowhere"'),
            "sipagent.toml:4: tenants.0.knowledge: no folder nowhere; "
            "name one that holds documents (*.md)",
        ),
        (
            TENANT.format("a", "+97142000000").replace('"k"', '"k/.."'),
            "sipagent.toml:4: tenants.0.knowledge: k/.. holds no document; put one there (*.md)",
        ),
        (
            TENANT.format("a", "+97142000000") + "[tenants.greeting]\nfr = 'Bonjour.'\n",
            "sipagent.toml:7: tenants.0.greeting.fr.[key]: Input should be 'en' or 'ar'; "
            'expected a table of texts: en = "Welcome to ...", ar = "..."',
        ),
        (
            "[engines]\nvoice = 'parrot'\n",
            "sipagent.toml:2: engines.voice: no voice is called 'parrot'; "
            "expected a voice engine: espeak, openai-speech, piper, xtts",
        ),
        (
            "[hearing]\nmax_turn_s = 26\n",
            "sipagent.toml:2: hearing.max_turn_s: Input should be less than or equal to 25; "
            "expected longest turn, 1 to 25 s",
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
    path = written(tmp_path, "[media]\nrtp_port_min = 10000\nrtp_port_max = 10527\n")
    assert config.load(path).media.rtp_port_max == 10527


def trunks(count: int) -> str:
    return "".join(TRUNK.format(f"t{one}", f"10.0.{one}.0/24") for one in range(count))


def test_there_are_as_many_trunks_as_the_wheel_has_accounts_but_one(tmp_path: Path) -> None:
    limits = (ROOT / "deploy" / "pjsua2" / "config_site.h").read_text(encoding="utf-8")
    (accounts,) = re.findall(r"#define PJSUA_MAX_ACC (\d+)", limits)
    most = int(accounts) - 1
    assert len(config.load(written(tmp_path, trunks(most))).trunks) == most
    assert faults(written(tmp_path, trunks(most + 1))) == [
        f"sipagent.toml:{3 * most + 1}: trunks.{most}: one trunk more than {most}; "
        "give one trunk the networks of several"
    ]


def desk(tmp_path: Path, uri: str) -> Path:
    tenant = TENANT.format("a", "+97142000000")
    return written(tmp_path, tenant.replace('"sip:a@b"', json.dumps(uri)))


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


def test_what_settings_say_of_each_other_is_told_with_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIPAGENT_SPI__PORT", "5060")
    wrong = "data_dir = 1\n[media]\nrtp_port_max = 10001\n[engines]\nresponder = 'oracle'\n"
    wrong += TRUNK.format("a", "10.0.0.1") * 2
    wrong += TENANT.format("a", "+97142000000").replace('"k"', '"nowhere"')
    assert [line.partition(": ")[0] for line in faults(written(tmp_path, wrong))] == [
        "environment",
        *(f"sipagent.toml:{line}" for line in (1, 3, 5, 10, 11, 15)),
    ]


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


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SIPAGENT_MEDIA__RTP_PORT_MAX", "10001"),
        ("SIPAGENT_MEDIA__RTP_PORT_MIN", "19998"),
        ("SIPAGENT_MEDIA", '{"rtp_port_max": 10001}'),
    ],
)
def test_too_few_ports_name_the_variable_that_left_so_few(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    where = rf"^environment: {variable}: media\.rtp_port_max: 200 calls, and 64 more .* are 2;"
    with pytest.raises(ConfigError, match=where):
        config.load()


def test_a_list_in_the_environment_is_told_from_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, TRUNK.format("a", "10.0.0.1"))
    monkeypatch.setenv("SIPAGENT_TRUNKS", '[{"name": "b", "networks": ["10.0.0.1/99"]}]')
    (line,) = faults(path)
    assert line.startswith("environment: SIPAGENT_TRUNKS: trunks.0.networks.0: ")


def test_programs_of_demo_and_tests_get_no_settings_of_the_users(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIPAGENT_SIP__BIND", "0.0.0.0")
    monkeypatch.setenv("sipagent_trunks", "[]")
    monkeypatch.setenv("LANGUAGE", "ar")
    assert not [name for name in unconfigured() if name.upper().startswith("SIPAGENT")]
    assert unconfigured()["LANGUAGE"] == "ar"


def test_a_misspelt_section_in_the_environment_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIPAGENT_SPI__PORT", "5060")
    meant = "SIPAGENT_SPI__PORT: unknown setting; did you mean SIPAGENT_SIP?"
    with pytest.raises(ConfigError, match=re.escape(meant)):
        config.load()


@pytest.mark.parametrize(
    ("text", "place", "where"),
    [
        ("[sip]\nport = 5070\n", ("sip", "port"), "sipagent.toml:2: sip.port: "),
        ("[sip]\nmax_calls = 7\n", ("sip", "port"), ""),  # the default's
        (
            LISTENER.format("tcp", 5061) + LISTENER.format("tls", 5062),
            ("sip", "listeners", 1, "port"),
            "sipagent.toml:8: sip.listeners.1.port: ",
        ),
        (
            'sip.listeners = [{transport = "tcp", bind = "127.0.0.1", port = 5061}]\n',
            ("sip", "listeners", 0, "port"),
            "sipagent.toml:1: sip.listeners.0.port: ",
        ),
    ],
)
def test_what_the_machine_does_not_allow_is_told_with_the_place_of_its_setting(
    tmp_path: Path, text: str, place: Place, where: str
) -> None:
    written(tmp_path, text)
    assert placed(Path("sipagent.toml"), Unusable(place, "taken")) == f"{where}taken"


def test_what_the_machine_does_not_allow_names_the_variable_of_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a single setting too, by what would be right: ``set SIPAGENT_SIP__PORT``."""
    path = written(tmp_path, "[sip]\nport = 5070\n")
    monkeypatch.setenv("SIPAGENT_SIP__LISTENERS", "[]")
    monkeypatch.setenv("SIPAGENT_SIP__PORT", "5080")
    listener = Unusable(("sip", "listeners", 0, "port"), "taken")
    assert placed(path, listener) == (
        "environment: SIPAGENT_SIP__LISTENERS: sip.listeners.0.port: taken"
    )
    assert placed(path, Unusable(("sip", "port"), "taken")) == "taken"


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    (line,) = faults(written(tmp_path, "[sip]\nport = = 1\n"))
    assert "not TOML" in line
    assert "line 2" in line


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (line,) = faults(tmp_path / "none.toml")
    assert line == "none.toml: No such file or directory; name an existing file"


def test_a_knowledge_folder_counts_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    greeting = '[tenants.greeting]\nen = "Hello."\n'
    path = written(tmp_path, TENANT.format("a", "+97142000000") + greeting)
    monkeypatch.chdir("/")
    tenant = config.load(path).tenants[0]
    assert tenant.knowledge == tmp_path / "k"
    assert tenant.greeting == {Language.EN: "Hello."}


def test_every_kind_of_setting_works_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("MEDIA__CLOCK_HZ", "16000"),
        ("MEDIA__SYMMETRIC_RTP", "true"),
        ("SIP__MAX_CALLS", "100"),
        ("SIP__PROXIES", '["10.0.0.0/8"]'),
        ("SIP__TRACE", "sip.pcap"),
        ("TRUNKS", '[{"name": "a", "ptime_ms": 40}]'),
    ):
        monkeypatch.setenv(f"SIPAGENT_{name}", value)
    settings = config.load()
    assert settings.media.clock_hz == 16000
    assert settings.media.symmetric_rtp
    assert settings.sip.max_calls == 100
    assert settings.sip.trace == Path("sip.pcap")
    assert settings.trunks[0].ptime_ms == 40
