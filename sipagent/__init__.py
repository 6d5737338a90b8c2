"""sipagent: a telephony-first voice agent server."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sipagent")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0.0.0"
