"""sipagent: a telephony-first voice agent server."""

import os
from importlib.metadata import PackageNotFoundError, version

# The data stays on this machine: what the engines' libraries would tell their makers about it is
# switched off before any of them is imported.
for _name in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ[_name] = "1"

try:
    __version__ = version("sipagent")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0.0.0"
