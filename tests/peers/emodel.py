"""ITU-T G.107 (06/2015) in full, at its default parameters: what the node's short form must equal.

Written from the recommendation alone. The equations have its numbers; what it takes are the mean
one-way delay and the impairment by codec and loss.
"""

import math

SLR, RLR, STMR, DS, DR, TELR, WEPL, QDU = 8.0, 2.0, 15.0, 3.0, 3.0, 65.0, 110.0, 1.0
NC, NFOR, PS, PR = -70.0, -64.0, 35.0, 35.0
OLR, LSTR = SLR + RLR, STMR + DR


def transmission_rating(delay_ms: float, equipment: float = 0.0) -> float:
    """R (7-1), with talker and listener echo paths of the same delay."""
    noise = _noise()
    basic = 15 - 1.5 * (SLR + noise)  # 7-2
    simultaneous = _loudness(noise) + _sidetone(delay_ms) + _quantisation(basic)  # 7-8
    return basic - simultaneous - _delay(delay_ms, basic, noise) - equipment


def equipment(loss_percent: float, ie: float, bpl: float, burst_ratio: float = 1.0) -> float:
    """Ie-eff (7-29)."""
    return ie + (95 - ie) * loss_percent / (loss_percent / burst_ratio + bpl)


def opinion(r: float) -> float:
    """MOS of a rating (B-4)."""
    if r <= 0:
        return 1.0
    return 4.5 if r >= 100 else 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


def _noise() -> float:
    """No, the sum of all noise (7-3 to 7-7)."""
    send = PS - SLR - DS - 100 + 0.004 * (PS - OLR - DS - 14) ** 2
    effective = PR + 10 * math.log10(1 + 10 ** ((10 - LSTR) / 10))
    receive = RLR - 121 + effective + 0.008 * (effective - 35) ** 2
    return 10 * math.log10(sum(10 ** (part / 10) for part in (NC, send, receive, NFOR + RLR)))


def _loudness(noise: float) -> float:
    """Iolr (7-9, 7-10)."""
    x = OLR + 0.2 * (64 + noise - RLR)
    return float(20 * ((1 + (x / 8) ** 8) ** (1 / 8) - x / 8))


def _sidetone(delay_ms: float) -> float:
    """Ist (7-11, 7-12)."""
    whole = -10 * math.log10(10 ** (-STMR / 10) + math.exp(-delay_ms / 4) * 10 ** (-TELR / 10))
    return float(
        12 * (1 + ((whole - 13) / 6) ** 8) ** (1 / 8)
        - 28 * (1 + ((whole + 1) / 19.4) ** 35) ** (1 / 35)
        - 13 * (1 + ((whole - 3) / 33) ** 13) ** (1 / 13)
        + 29
    )


def _quantisation(basic: float) -> float:
    """Iq (7-13 to 7-17)."""
    q = 37 - 15 * math.log10(QDU)
    g = 1.07 + 0.258 * q + 0.0602 * q**2
    y = (basic - 100) / 15 + 46 / 8.4 - g / 9
    z = 46 / 30 - g / 40
    return 15 * math.log10(1 + 10**y + 10**z)


def _delay(delay_ms: float, basic: float, noise: float) -> float:
    """Id: talker echo, listener echo, and delay by itself (7-18 to 7-28)."""
    late = delay_ms
    terv = TELR - 40 * math.log10((1 + late / 10) / (1 + late / 150)) + 6 * math.exp(-0.3 * late**2)
    echo, own = 80 + 2.5 * (terv - 14), -1.5 * (noise - RLR)
    talker = ((own - echo) / 2 + math.sqrt((own - echo) ** 2 / 4 + 100) - 1) * (1 - math.exp(-late))
    heard = 10.5 * (WEPL + 7) * (2 * late + 1) ** -0.25
    listener = (basic - heard) / 2 + math.sqrt((basic - heard) ** 2 / 4 + 169)
    absolute = 0.0
    if late > 100:
        x = math.log10(late / 100) / math.log10(2)
        absolute = 25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
    return float(talker + listener + absolute)
