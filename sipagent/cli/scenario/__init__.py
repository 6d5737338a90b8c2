"""``sipagent scenario``: whole conversations as data, tried over real calls."""

from sipagent.cli.scenario.command import scenario

__all__ = ["scenario"]
