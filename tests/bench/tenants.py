"""Configurations of nodes that the bench calls: tenants by their greeting."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

KNOWLEDGE: Final = Path(__file__).parent.parent.parent / "kb" / "demo"
NUMBER: Final = "+97142000000"


def one_tenant(greeting: str) -> str:
    """A ``sipagent.toml`` whose only tenant greets so."""
    return tenants({NUMBER: greeting})


def tenants(greetings: Mapping[str, str]) -> str:
    """A ``sipagent.toml`` with a tenant of both languages for each number."""
    rows = [
        f'[[tenants]]\nname = "bench{at}"\nnumbers = ["{number}"]\nlanguages = ["en", "ar"]\n'
        f'knowledge = "{KNOWLEDGE}"\ndesk = "sip:desk@127.0.0.1:5070"\n'
        f'[tenants.greeting]\nen = {json.dumps(greeting, ensure_ascii=False)}\nar = "."\n'
        for at, (number, greeting) in enumerate(greetings.items())
    ]
    return "\n".join(['[[trunks]]\nname = "callers"\nnetworks = ["127.0.0.0/8"]\n', *rows])
