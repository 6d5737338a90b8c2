"""Running what a model calls, for one reply: every way in which that goes wrong is an answer.

The model reads what came of each call and may try once more. The same call runs once in a
reply, however often the model repeats it. Knows no model and no conversation.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from sipagent.dialog.agent.arguments import BadArguments, check, parsed
from sipagent.dialog.tools import BUILT_IN
from sipagent.errors import ConfigError, ToolFailed
from sipagent.ports import Question, Tool, ToolCall, ToolSpec, ToolUsed

log = structlog.get_logger(__name__)

MOST_FAULTS: Final = 2
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
DONE: Final = "done"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a call: for the record, and as text for the model."""

    used: ToolUsed
    text: str

    @property
    def done(self) -> bool:
        return self.used.outcome == DONE


class Tools:
    """A tenant's tools beside the built-in ones. Raises ``ConfigError`` for one that cannot be
    offered.
    """

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        self._own: dict[str, Tool] = {}
        taken = {spec.name for spec in BUILT_IN}
        for tool in tools:
            name = tool.spec.name
            if name in taken:
                raise ConfigError(f"tool {name}: the name is taken; give it another")
            if not _NAME.fullmatch(name):
                raise ConfigError(f"tool {name}: name it with letters, digits, _ and -")
            taken.add(name)
            check(tool.spec.parameters, f"tool {name}")
            self._own[name] = tool
        self.specs = (*BUILT_IN, *(tool.spec for tool in self._own.values()))
        self._specs = {spec.name: spec for spec in self.specs}

    def get(self, name: str) -> Tool | None:
        return self._own.get(name)

    def spec(self, name: str) -> ToolSpec | None:
        return self._specs.get(name)


class Toolbelt:
    """The calls of one reply."""

    def __init__(self, tools: Tools, question: Question, tool_s: float) -> None:
        self._tools = tools
        self._question = question
        self._tool_s = tool_s
        self._came: dict[tuple[str, str], Came] = {}
        self._faults = 0
        self.changed = False

    @property
    def tired(self) -> bool:
        """Whether so much went wrong that no tool is offered any more."""
        return self._faults >= MOST_FAULTS

    def arguments(self, call: ToolCall) -> Mapping[str, object]:
        """The arguments, which fit. Raises ``BadArguments``, also for a tool that is not there."""
        spec = self._tools.spec(call.name)
        if spec is None:
            raise BadArguments("there is no such tool")
        return parsed(call.arguments, spec.parameters)

    def waits(self, call: ToolCall) -> bool:
        """Whether the call changes something outside, and it is not certain yet that it may."""
        spec, certain = self._tools.spec(call.name), self._question.certain
        return bool(spec and spec.effects and certain is not None and not certain.is_set())

    def refused(self, call: ToolCall, why: str) -> Came:
        """The answer to a call that cannot be run."""
        self._faults += 1
        known = self._tools.spec(call.name) is not None
        name, outcome = (call.name, "bad-arguments") if known else ("unknown", "unknown-tool")
        return Came(ToolUsed(name, outcome, 0), f"not run: {why}")

    async def run(self, call: ToolCall, arguments: Mapping[str, object]) -> Came:
        """What came of a call of a tenant's tool. Raises nothing of the tool's."""
        key = (call.name, json.dumps(arguments, sort_keys=True))
        if key in self._came:
            self._faults += 1
            return Came(ToolUsed(call.name, "repeated", 0), self._came[key].text)
        tool = self._tools.get(call.name)
        assert tool is not None
        self.changed = self.changed or tool.spec.effects
        begun = time.monotonic()
        outcome, text = await self._outcome(tool, arguments)
        took_ms = round(1000 * (time.monotonic() - begun))
        self._faults += outcome != DONE
        came = Came(ToolUsed(call.name, outcome, took_ms), text)
        self._came[key] = came
        return came

    async def _outcome(self, tool: Tool, arguments: Mapping[str, object]) -> tuple[str, str]:
        """How it ended, in one word and for the model."""
        try:
            async with asyncio.timeout(self._tool_s):
                return DONE, await tool.run(arguments, self._question)
        except TimeoutError:
            again = "; it may have been done all the same" if tool.spec.effects else ""
            return "late", f"no answer in time{again}"
        except ToolFailed as failed:
            return "failed", f"failed: {failed}"
        except Exception:  # a tool is somebody's own code: it costs a sentence, not the call
            log.exception("tool raised", tool=tool.spec.name)
            return "failed", "failed: an error on our side"
