"""The proxy before the nodes: Kamailio with the configuration that the project ships."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.demo.processes import HOST, free_port, program, running, wait_for_sip

CONFIG = Path(__file__).parents[2] / "deploy" / "kamailio" / "edge.cfg"


@contextmanager
def edge(
    folder: Path,
    nodes: Sequence[tuple[str, int]],
    carriers: Mapping[str, str],
    host: str = HOST,
) -> Iterator[tuple[str, int]]:
    """A proxy on UDP and TCP before ``nodes``; ``carriers`` are trunks by address. Its address."""
    folder.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "edge.log"
    lists = {
        "CARRIERS": [f"1 {address} 32 0 {trunk}" for address, trunk in carriers.items()],
        "NODES": [f"1 sip:{address}:{node_port}" for address, node_port in nodes],
    }
    defined = []
    for name, lines in lists.items():
        file = folder / name.lower()
        file.write_text("\n".join(lines) + "\n")
        defined += ["-A", f'{name}="{file}"']
    command = [
        *(program("kamailio"), "-DD", "-E", "-n", "1", "-N", "1", "-m", "32", "-M", "8"),
        *("-f", str(CONFIG), *defined, "-A", "PING_S=1"),
        *("-l", f"udp:{host}:{port}", "-l", f"tcp:{host}:{port}"),
        *(() if host == HOST else ("-l", f"udp:{HOST}:{port}")),  # where it is waited for
        *("-Y", str(folder), "-w", str(folder)),
    ]
    with running(command, log) as proxy:
        wait_for_sip("kamailio", port, proxy, log)
        yield host, port
