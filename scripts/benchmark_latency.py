"""How soon a node answers its callers, stage by stage, against the budgets.

    python scripts/benchmark_latency.py [--profile fixed offline] [--calls 1,20,50]
    python scripts/benchmark_latency.py --server 10.0.0.5:5060 --number +97142000000

Profiles: ``offline`` is the embedded chain; ``fixed`` has engines that only wait (recogniser
100 ms, first token 200 ms, voice 150 ms), so that the node's own share can be told. With
``--server`` the callers dial a node that runs already, whatever its engines: here or, with
``--interface``, elsewhere. All is measured from packets at the callers (SIPp, dumpcap); it is
what ``make bench BENCH=response`` runs, and lands in ``bench-output/latency``.
"""

import argparse
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.bench.__main__ import OUTPUT, machine
from tests.bench.report import Part, document
from tests.bench.response import OFFLINE, PROFILES, SIZES, response
from tests.bench.response_run import Profile
from tests.bench.talkers import NUMBER


def sizes(text: str) -> tuple[int, ...]:
    """ "1,20,50" as numbers of calls."""
    found = tuple(int(one) for one in text.split(","))
    if not all(1 <= one <= 100 for one in found):
        raise argparse.ArgumentTypeError("calls are numbers from 1 to 100, such as 1,20,50")
    return found


def address(text: str) -> tuple[str, int]:
    """ "10.0.0.5:5060", or without a port 5060."""
    host, _, port = text.partition(":")
    return host, int(port or 5060)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--profile", nargs="+", choices=sorted(PROFILES), default=list(PROFILES))
    parser.add_argument("--calls", type=sizes, default=SIZES, help="at once, such as 1,20,50")
    parser.add_argument("--server", type=address, help="HOST:PORT of a node that runs already")
    parser.add_argument("--number", default=NUMBER, help=f"that --server answers ({NUMBER})")
    parser.add_argument("--interface", default="lo", help="that packets to --server leave by (lo)")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    profiles = [PROFILES[name] for name in asked.profile]
    if asked.server:
        name = f"{asked.server[0]}:{asked.server[1]}"
        profiles = [
            Profile(
                name,
                OFFLINE.says,
                server=asked.server,
                number=asked.number,
                interface=asked.interface,
            )
        ]
    folder = OUTPUT / "latency"
    found = response(folder, profiles, asked.calls)
    text = document(machine(), [Part("latency", " ".join(sys.argv), found)])
    (folder / "latency.md").write_text(text, encoding="utf-8")
    print(text)
    print(f"The picture: {folder / 'response.png'}")


if __name__ == "__main__":
    main()
