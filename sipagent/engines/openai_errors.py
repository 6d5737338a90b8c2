"""What a server's refusal means, and what to do about it. Knows no HTTP client."""

import json
from collections.abc import Sequence
from typing import Final

from sipagent.engines.openai_stream import told
from sipagent.ports import Completion

ECHO: Final = 24  # characters of a message that an error must not repeat


def refusal(status: int, said: bytes, wanted: Completion, model: str, listed: Sequence[str]) -> str:
    """One line for a status other than 200. Nothing that a caller said stands in it."""
    match status:
        case 401 | 403:
            return f"the server refuses the key ({status}); set api_key or api_key_variable"
        case 404 if listed:
            return f"the server has no model {model!r} (404); it has {', '.join(listed)}"
        case 404:
            return f"the server has no model {model!r} (404), or url does not end in /v1"
        case 429:
            return "the server has too many requests (429)"
        case 400 | 413 | 422:
            return f"the server refuses the request ({status}){_reason(said, wanted)}"
        case _ if status >= 500:
            return f"the server failed ({status})"
        case _:
            return f"the server answered {status}; set url to the address that ends in /v1"


def _reason(said: bytes, wanted: Completion) -> str:
    """The server's own words, unless they repeat ours: those may be a caller's."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return ""
    text = told(found.get("error", found)) if isinstance(found, dict) else ""
    ours = (" ".join(message.text.split())[:ECHO] for message in wanted.messages)
    return f": {text}" if text and not any(one and one in text for one in ours) else ""
