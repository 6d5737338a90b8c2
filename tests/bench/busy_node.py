"""A node with a thread beside it that dumps a 20,000-object JSON back to back."""

import json
import threading
import time

from sipagent.cli.main import main


def _dump() -> None:
    """From when the engines are loaded: dumping through that would take longer than it tells."""
    while not any(thread.name == "tick" for thread in threading.enumerate()):
        time.sleep(0.1)
    objects = [{"id": number, "name": f"caller {number}"} for number in range(20_000)]
    while True:
        json.dumps(objects)


threading.Thread(target=_dump, daemon=True).start()
main()
