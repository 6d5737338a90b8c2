"""The baseline: pjsua2 as its manual shows it, answering every call with a looped WAV file.

python -m tests.bench.plain_answerer PORT RTP_PORT RTP_PORTS CALLS FILE.wav
"""

import resource
import signal
import sys
from typing import Any, Final

import pjsua2 as pj

PORT, RTP_PORT, RTP_PORTS, CALLS = (int(text) for text in sys.argv[1:5])
FILE: Final = sys.argv[5]
PLAYERS: Final = 250  # of the 256 that PJSUA has; calls beyond hear the last of them together

calls: dict[int, Any] = {}
shared: list[Any] = []


def player() -> Any:
    """One that loops the file."""
    if len(calls) > PLAYERS and shared:
        return shared[0]
    made = pj.AudioMediaPlayer()
    made.createPlayer(FILE)
    if len(calls) > PLAYERS:
        shared.append(made)
    return made


class Call(pj.Call):  # type: ignore[misc]  # the wheel is untyped
    player: Any = None

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            calls.pop(info.id, None)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.media[0].status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            self.player = player()
            self.player.startTransmit(self.getAudioMedia(0))


class Account(pj.Account):  # type: ignore[misc]  # the wheel is untyped
    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        call = Call(self, prm.callId)
        calls[prm.callId] = call
        answer = pj.CallOpParam(True)
        answer.opt.videoCount = answer.opt.textCount = 0
        answer.statusCode = 200
        call.answer(answer)


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = CALLS
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.port, transport.boundAddress = PORT, "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    account, settings = Account(), pj.AccountConfig()
    settings.idUri = "sip:plain@127.0.0.1"
    settings.mediaConfig.transportConfig.port = RTP_PORT
    settings.mediaConfig.transportConfig.portRange = RTP_PORTS
    account.create(settings)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    print("Ready.", flush=True)
    while not stopped:
        endpoint.libHandleEvents(5)
    calls.clear()
    shared.clear()
    endpoint.libDestroy()


main()
