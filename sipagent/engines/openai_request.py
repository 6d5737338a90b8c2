"""A completion as the body of a chat-completions request. Knows no HTTP."""

import json
from collections.abc import Mapping
from typing import Final

from sipagent.config.models import OpenAiSettings
from sipagent.ports import Completion, Message, ToolCall, ToolSpec

SCHEMA_NAME: Final = "answer"

Json = dict[str, object]


def body(wanted: Completion, model: str, settings: OpenAiSettings) -> bytes:
    """The request's JSON in UTF-8: streamed, with its tokens counted at the end."""
    fields: Json = {
        "model": model,
        "messages": [_message(one) for one in wanted.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": wanted.most_tokens,
        "temperature": settings.temperature,
    }
    if wanted.tools:
        fields["tools"] = [_tool(one, strictly=settings.strict_tools) for one in wanted.tools]
    if wanted.schema is not None:
        schema = {"name": SCHEMA_NAME, "schema": wanted.schema, "strict": True}
        fields["response_format"] = {"type": "json_schema", "json_schema": schema}
    return json.dumps({**fields, **settings.extra}, ensure_ascii=False, default=dict).encode()


def _message(one: Message) -> Json:
    message: Json = {"role": one.role.value, "content": one.text}
    if one.calls:
        message["tool_calls"] = [_call(call) for call in one.calls]
    if one.answers:
        message["tool_call_id"] = one.answers
    return message


def _call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": _parseable(call.arguments)}
    return {"id": call.id, "type": "function", "function": function}


def _parseable(arguments: str) -> str:
    """A server that puts them into its template parses them: what is no object would be a 400."""
    try:
        fits = isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        fits = False
    return arguments if fits else "{}"


def _tool(spec: ToolSpec, *, strictly: bool) -> Json:
    function: Json = {
        "name": spec.name,
        "description": spec.description,
        "parameters": spec.parameters,
    }
    if strictly and _is_closed(spec.parameters):
        function["strict"] = True
    return {"type": "function", "function": function}


def _is_closed(schema: object) -> bool:
    """Whether every object in a schema names all its properties and wants each of them: servers
    hold a model to such a schema, and refuse to for another.
    """
    if isinstance(schema, Mapping):
        known = schema.get("properties", {})
        if schema.get("type") == "object" and (
            schema.get("additionalProperties") is not False
            or set(known) != set(schema.get("required", ()))
        ):
            return False
        return all(_is_closed(inner) for inner in (*schema.values(), *known.values()))
    return not isinstance(schema, list | tuple) or all(_is_closed(one) for one in schema)
