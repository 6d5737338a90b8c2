"""The floor of every response: pjsua2 as its manual shows it, sending back what it hears.

python -m tests.bench.echo_answerer PORT RTP_PORT RTP_PORTS CALLS
"""

import signal
import sys
from typing import Any, Final

import pjsua2 as pj

PORT, RTP_PORT, RTP_PORTS, CALLS = (int(text) for text in sys.argv[1:5])
STEP_MS: Final = 5

calls: dict[int, Any] = {}


class Call(pj.Call):  # type: ignore[misc]  # the wheel is untyped
    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            calls.pop(info.id, None)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()  # kept: SWIG's items point into it
        if info.media[0].status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            heard = self.getAudioMedia(0)
            heard.startTransmit(heard)


class Account(pj.Account):  # type: ignore[misc]  # the wheel is untyped
    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        calls[prm.callId] = Call(self, prm.callId)
        answer = pj.CallOpParam(True)
        answer.opt.videoCount = answer.opt.textCount = 0
        answer.statusCode = 200
        calls[prm.callId].answer(answer)


def main() -> None:
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
    settings.idUri = "sip:echo@127.0.0.1"
    settings.mediaConfig.transportConfig.port = RTP_PORT
    settings.mediaConfig.transportConfig.portRange = RTP_PORTS
    account.create(settings)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    print("Ready.", flush=True)
    while not stopped:
        endpoint.libHandleEvents(STEP_MS)
    calls.clear()
    endpoint.libDestroy()


if __name__ == "__main__":
    main()
