"""The test phone, ``sipagent call``: a caller that speaks, hears and measures."""

from sipagent.cli.phone.command import call

__all__ = ["call"]
