"""The baseline: pjsua2 as its manual shows it, answering every call with a looped WAV file.

python -m tests.bench.plain_answerer PORT RTP_PORT FILE.wav
"""

import signal
import sys
from typing import Any

import pjsua2 as pj

calls: dict[int, Any] = {}


class Call(pj.Call):  # type: ignore[misc]  # the wheel is untyped
    player: Any = None

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            calls.pop(info.id, None)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.media[0].status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            self.player = pj.AudioMediaPlayer()
            self.player.createPlayer(sys.argv[3])
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
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = 264
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.port, transport.boundAddress = int(sys.argv[1]), "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    account, settings = Account(), pj.AccountConfig()
    settings.idUri = "sip:plain@127.0.0.1"
    settings.mediaConfig.transportConfig.port = int(sys.argv[2])
    settings.mediaConfig.transportConfig.portRange = 1200
    account.create(settings)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    print("Ready.", flush=True)
    while not stopped:
        endpoint.libHandleEvents(5)
    calls.clear()
    endpoint.libDestroy()


main()
