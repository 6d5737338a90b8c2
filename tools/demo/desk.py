"""The supervisor's side: a softphone (baresip) behind a proxy (Kamailio), both on loopback.

The softphone answers by itself and sends a tone. It knows itself by its own user part alone,
so the proxy takes the token of a transferred call out of the Request-URI.
"""

import math
import re
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.sip import message
from tools.demo.processes import HOST, DemoFailed, free_port, program, running, wait_for_sip

TONE_HZ: Final = 440
RATE_HZ: Final = 8000
_MODULES: Final = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules")
_INVITE: Final = re.compile(r"^INVITE sip:.*?\r\n\r\n", re.MULTILINE | re.DOTALL)
SHOWN: Final = ("To", "User-to-User", "X-Sipagent-Token", "Referred-By")


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that takes calls at ``uri``; ``trace`` is what its softphone logs."""

    uri: str
    trace: Path

    def received(self) -> list[tuple[str, str]]:
        """The Request-URI and the telling headers of the latest call, as they arrived.

        A tag in To would mean a re-INVITE, which tells nothing of the transfer.
        """
        trace = self.trace.read_bytes().decode(errors="replace")
        invites = [message.parse(text) for text in _INVITE.findall(trace)]
        first = [invite for invite in invites if ";tag=" not in invite.header("to")]
        if not first:
            return []
        headers = [(name, first[-1].header(name)) for name in SHOWN]
        return [("Request-URI", first[-1].uri), *headers]


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """Start both, wait until they answer, and end them on the way out."""
    softphone, proxy = free_port(), free_port()
    trace, log = folder / "softphone.log", folder / "proxy.log"
    _configure(folder / "softphone", softphone)
    baresip = [program("baresip"), "-4", "-s", "-f", str(folder / "softphone")]
    with (
        running(_kamailio(folder, proxy, softphone), log) as routing,
        running(baresip, trace) as ringing,
    ):
        wait_for_sip("kamailio", proxy, routing, log)
        wait_for_sip("baresip", softphone, ringing, trace)
        yield Desk(f"sip:desk@{HOST}:{proxy}", trace)


def _kamailio(folder: Path, port: int, softphone: int) -> list[str]:
    config = Path(__file__).with_name("desk.cfg")
    return [
        *(program("kamailio"), "-DD", "-E", "-n", "1", "-m", "16", "-M", "4"),
        *("-f", str(config), "-A", f"PHONE_PORT={softphone}", "-l", f"udp:{HOST}:{port}"),
        *("-Y", str(folder), "-w", str(folder)),
    ]


def _configure(folder: Path, port: int) -> None:
    """baresip's own folder: no sound device, a WAV file as microphone, silence as speaker."""
    folder.mkdir(parents=True, exist_ok=True)
    tone = folder / "tone.wav"
    _write_tone(tone, seconds=60)
    account = f"<sip:desk@{HOST}:{port}>;regint=0;answermode=auto;audio_codecs=PCMU,PCMA"
    (folder / "accounts").write_text(account + "\n")
    (folder / "contacts").write_text("")
    settings = (
        f"sip_listen {HOST}:{port}",
        f"net_interface {HOST}",
        "rtp_ports 31000-31998",
        f"audio_source aufile,{tone}",
        "audio_player aubridge,desk",
        "audio_alert aubridge,desk",
        *(f"{way}_{name}" for way in ("ausrc", "auplay") for name in ("srate 8000", "channels 1")),
        f"module_path {modules()}",
        *(f"module {name}.so" for name in ("g711", "aufile", "aubridge")),
        "module_tmp account.so",
        "module_app menu.so",
    )
    (folder / "config").write_text("\n".join(settings) + "\n")


def modules() -> Path:
    found = next((Path(path) for path in _MODULES if Path(path).is_dir()), None)
    if found is None:
        raise DemoFailed(f"baresip's modules are in none of {', '.join(_MODULES)}")
    return found


def _write_tone(path: Path, seconds: int) -> None:
    """Two seconds of tone, one of silence, and so on: int16 mono."""
    sound = array("h", bytes(2 * RATE_HZ * seconds))
    for at in range(len(sound)):
        if at // RATE_HZ % 3 < 2:
            sound[at] = round(5000 * math.sin(math.tau * TONE_HZ * at / RATE_HZ))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound.tobytes())
