"""Each trunk as a pjsua2 account (D11): its media security, credentials and ports, as settings.

Belongs to the PJSIP thread. Which account an INVITE gets is the endpoint's to say.
"""

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any, Final

from sipagent.config import MediaSettings, SipSettings, Trunk

SRTP_USE: Final = {"off": "DISABLED", "optional": "OPTIONAL", "required": "MANDATORY"}
KEYING: Final = {"sdes": "SDES", "dtls": "DTLS_SRTP"}
# PJSIP's default account, which answers what no trunk's call is about.
STRANGER: Final = Trunk(name="stranger", networks=(ip_network("255.255.255.255/32"),))


def account_config(pj: Any, trunk: Trunk, sip: SipSettings, media: MediaSettings) -> Any:
    """What pjsua2 must know of a trunk."""
    config = pj.AccountConfig()
    user = trunk.username.partition("@")[0] or trunk.name
    domain = trunk.username.partition("@")[2] or _domain(trunk) or _own_host(sip)
    config.idUri = f"sip:{user}@{domain}"
    config.regConfig.registerOnAdd = bool(trunk.registrar)
    config.regConfig.registrarUri = trunk.registrar
    if trunk.username:
        password = trunk.password.get_secret_value()
        credentials = pj.AuthCredInfo("digest", "*", trunk.username, 0, password)
        config.sipConfig.authCreds.append(credentials)
    config.natConfig.sipOutboundUse = 0  # RFC 5626 is between a phone and its proxy
    config.natConfig.contactRewriteUse = 0
    config.natConfig.viaRewriteUse = 0
    # Else PJSIP connects to each TCP or TLS caller's Contact, to learn our port towards it.
    config.natConfig.contactUseSrcPort = 0
    config.natConfig.sdpNatRewriteUse = 0
    _set_media(pj, config.mediaConfig, trunk, sip, media)
    config.callConfig.prackUse = pj.PJSUA_100REL_OPTIONAL
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    config.callConfig.timerMinSESec = 90
    config.callConfig.timerSessExpiresSec = 1800
    return config


def _set_media(pj: Any, config: Any, trunk: Trunk, sip: SipSettings, media: MediaSettings) -> None:
    rtp = config.transportConfig
    rtp.port = media.rtp_port_min
    rtp.portRange = media.rtp_port_max - media.rtp_port_min
    if any(":" in listener.bind for listener in sip.all_listeners()):
        config.ipv6Use = pj.PJSUA_IPV6_ENABLED_PREFER_IPV4
    else:
        rtp.boundAddress = sip.bind
    rtp.publicAddress = sip.public_address
    config.srtpUse = getattr(pj, f"PJMEDIA_SRTP_{SRTP_USE[trunk.srtp]}")
    config.srtpSecureSignaling = 0  # whether signalling is encrypted is the operator's choice
    keyings = [getattr(pj, f"PJMEDIA_SRTP_KEYING_{KEYING[how]}") for how in trunk.srtp_keying]
    config.srtpOpt.keyings = pj.IntVector(keyings)


def choose_codecs(endpoint: Any, trunks: Iterable[Trunk]) -> None:
    """What any trunk may use; which of it, and in which order, each leg's SDP says."""
    wanted = {codec.upper() for trunk in trunks for codec in trunk.codecs}
    for codec in endpoint.codecEnum2():
        known = codec.codecId.partition("/")[0].upper() in wanted
        endpoint.codecSetPriority(codec.codecId, 128 if known else 0)


def _domain(trunk: Trunk) -> str:
    """The carrier's domain, which our addresses of record are in where we register."""
    return trunk.registrar.partition(":")[2].partition(";")[0]


def _own_host(sip: SipSettings) -> str:
    host = f"[{sip.bind}]" if ":" in sip.bind else sip.bind
    return f"{host}:{sip.port}"
