"""baresip as a caller: the transports, codecs and keys that SIPp does not have."""

import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.peers.processes import free_port
from tools.demo.desk import modules

MODULES = ("g711", "g722", "opus", "srtp", "dtls_srtp", "aufile", "aubridge", "sndfile", "stdio")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a softphone's call left: its log, and the sound that came."""

    trace: str
    sound: NDArray[np.int16]
    rate_hz: int

    @property
    def loudness(self) -> float:
        """RMS of the loudest second."""
        length = len(self.sound) // self.rate_hz * self.rate_hz
        seconds = self.sound[:length].astype(float).reshape(-1, self.rate_hz)
        return float(np.sqrt((seconds**2).mean(axis=1)).max()) if length else 0.0


def call(
    folder: Path,
    target: str,
    *,
    source: str = "127.0.0.1",
    codecs: Sequence[str] = ("PCMU",),
    encryption: str = "",
    seconds: int = 6,
    rate_hz: int = 8000,
    settings: Sequence[str] = (),
) -> Heard:
    """Call ``target``, a SIP URI with its transport, and hang up after ``seconds``.

    ``codecs`` are baresip's names ("opus/48000/2"); ``encryption`` is "", "srtp", "srtp-mand" or
    "dtls_srtp".
    """
    folder.mkdir(parents=True, exist_ok=True)
    microphone = folder / "microphone.wav"
    with wave.open(str(microphone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(bytes(2 * rate_hz * 60))
    port = free_port()
    account = f"<sip:caller@{source}:{port}>;regint=0;audio_codecs={','.join(codecs)}"
    if encryption:
        account += f";mediaenc={encryption}"
    for old in folder.glob("dump-*.wav"):
        old.unlink()
    (folder / "accounts").write_text(account + "\n")
    (folder / "contacts").write_text("")
    lines = (
        f"sip_listen {source}:{port}",
        f"net_interface {source}",
        "rtp_ports 32000-32998",
        "call_max_calls 1",
        f"audio_source aufile,{microphone}",
        "audio_player aubridge,nobody",
        "audio_alert aubridge,nobody",
        f"snd_path {folder}",
        *(
            f"{way}_{name}"
            for way in ("ausrc", "auplay")
            for name in (f"srate {rate_hz}", "channels 1")
        ),
        f"module_path {modules()}",
        *(f"module {name}.so" for name in MODULES),
        "module_tmp account.so",
        "module_app menu.so",
        *settings,
    )
    (folder / "config").write_text("\n".join(lines) + "\n")
    command = ["baresip", "-4", "-s", "-v", "-f", str(folder), "-t", str(seconds)]
    done = subprocess.run(
        [*command, "-e", f"/dial {target}"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds + 20,
        check=False,
    )
    trace = done.stdout.decode(errors="replace")
    (folder / "trace.log").write_text(trace)
    sound, rate = _sound(next(iter(sorted(folder.glob("dump-*-dec.wav"))), folder / "none"))
    return Heard(trace, sound, rate)


def _sound(path: Path) -> tuple[NDArray[np.int16], int]:
    if not path.is_file():
        return np.zeros(0, np.int16), 8000
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()
