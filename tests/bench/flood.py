"""Strangers' INVITEs by the thousand: what they do to 50 live calls, and to the next caller."""

import json
import re
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from collections.abc import Iterator

from tests.bench.answerers import Answerer, our_node, plain
from tests.bench.gaps import Gaps, captured
from tests.bench.load import crowd
from tests.bench.process import cost, cores, dropped
from tests.bench.report import Row
from tests.peers.processes import running, wait_for
from tests.peers.raw import RawCaller

CALLS: Final = 50
CALLS_PER_S: Final = 20
PER_S: Final = 5000.0
SOURCES: Final = 50  # 100 a second from each: every one of them is banned where bans are on
WINDOW_S: Final = 20.0
SETTLE_S: Final = 2.0
EVERY_S: Final = 2.0  # between two new callers
NEW_CALL_S: Final = 1.0
REPEAT_S: Final = 0.5  # RFC 3261's T1
TRUNK: Final = ("127.0.0.1", "127.0.0.2")  # the live calls, and the new callers
"""


