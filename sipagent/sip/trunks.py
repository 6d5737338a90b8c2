"""Which trunk an address belongs to (D11). Knows networks, no carrier."""

from collections.abc import Sequence
from ipaddress import ip_address

from sipagent.config import Trunk


def host(source: str) -> str:
    """The address in PJSIP's ``address:port`` or ``[address]:port``."""
    return source.rpartition(":")[0].strip("[]") if ":" in source else source


def trunk_of(source: str, trunks: Sequence[Trunk]) -> Trunk | None:
    """The trunk with the narrowest network that holds ``source``, or none."""
    try:
        address = ip_address(host(source))
    except ValueError:
        return None
    holding = [
        (network.prefixlen, trunk)
        for trunk in trunks
        for network in trunk.networks
        if network.version == address.version and address in network
    ]
    return max(holding, key=lambda item: item[0])[1] if holding else None
