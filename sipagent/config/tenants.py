"""A company: its numbers, its knowledge, its desk, and how it is reached."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from sipagent.config.faults import refuse, repeated
from sipagent.config.section import Section
from sipagent.text.language import Language

DESK_URI_LONGEST: Final = 200  # a Refer-To of 512 octets also holds the token and two headers
_SIP_URI: Final = re.compile(
    r"""
    sips?: (?: [A-Za-z0-9_.!~*'()&=+$,/-] | %[0-9A-Fa-f]{2} )+   # a user without a password
    @ (?: [A-Za-z0-9.-]+ | \[[0-9A-Fa-f:.]+\] ) (?: :[0-9]{1,5} )?
    (?: ; (?: [A-Za-z0-9_.!~*'()[\]/:&+$=-] | %[0-9A-Fa-f]{2} )+ )*
    """,
    re.VERBOSE,
)


def _sip_uri(value: str) -> str:
    """A URI that Refer-To can hold with a token in its user part (RFC 3261 25.1)."""
    if not _SIP_URI.fullmatch(value):
        raise ValueError("not a SIP URI with a user part")
    if len(value) > DESK_URI_LONGEST:
        raise ValueError(
            f"{len(value)} characters; with the token, Refer-To takes {DESK_URI_LONGEST} at most"
        )
    return value


SipUri = Annotated[str, AfterValidator(_sip_uri)]


def _each_once(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    refuse(repeated("languages", [((at,), one) for at, one in enumerate(languages)]))
    return languages


class Tenant(Section):
    """A company: its numbers, its knowledge, its desk."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    title: str = Field("", description="the company's name as callers say it")
    about: str = Field("", description="a sentence or two on the company, for a language model")
    numbers: tuple[Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")], ...] = Field(
        min_length=1, description='a list of numbers in +E.164, such as ["+97142000000"]'
    )
    knowledge: Path = Field(description="a folder of Markdown documents")
    records: Path | None = Field(None, description="a YAML file of accounts, found by number")
    clone: Path | None = Field(
        None,
        description="a folder with a sample of the tenant's own voice and its consent.toml, where "
        "the voice engine clones (xtts)",
    )
    profile: str = Field("", description="a profile of engines.whisper; by default the node's")
    hot_words: tuple[str, ...] = Field(
        (), max_length=100, description="a list of names that callers say, such as products"
    )
    desk: SipUri = Field(description="where a human is reached, such as sip:desk@10.0.0.5")
    languages: Annotated[tuple[Language, ...], AfterValidator(_each_once)] = Field(
        (Language.EN, Language.AR),
        min_length=1,
        description='a list in the order of the greeting, such as ["ar", "en"]',
    )
    emergency_desk: SipUri | None = Field(
        None, description="where emergencies are put through; by default to the desk"
    )
    greeting: Mapping[Language, str] = Field(
        default_factory=dict, description='a table of texts: en = "Welcome to ...", ar = "..."'
    )


def demo_knowledge() -> Path:
    """The demo tenant's documents: in an installed package, else in the source tree."""
    package = Path(__file__).parent.parent
    installed = package / "demo" / "kb"
    return installed if installed.is_dir() else package.parent / "kb" / "demo"


def demo_tenants() -> tuple[Tenant, ...]:
    """The tenant that answers where none is configured."""
    return (
        Tenant(
            name="demo",
            title="Noor",
            about="Noor supplies electricity, water, internet and mobile service.",
            numbers=("+97142000000",),
            knowledge=demo_knowledge(),
            records=demo_knowledge() / "accounts.yaml",
            hot_words=("Noor",),
            desk="sip:desk@127.0.0.1:5070",
            greeting={
                Language.EN: "Welcome to Noor. I am an automatic assistant. How can I help you?",
                Language.AR: "أهلا بك في نور. أنا مساعد آلي. كيف أساعدك؟",
            },
        ),
    )


def documented(tenant: Tenant) -> Tenant:
    """A tenant whose documents are there. What is in them, loading them tells."""
    folder = tenant.knowledge
    if not os.path.isdir(folder):
        refuse([(("knowledge",), f"no folder {folder}; name one that holds documents (*.md)")])
    elif not any(folder.glob("*.md")):
        refuse([(("knowledge",), f"{folder} holds no document; put one there (*.md)")])
    if tenant.records is not None and not tenant.records.is_file():
        refuse([(("records",), f"no file {tenant.records}; name a YAML file of accounts")])
    return tenant


class HandoffSettings(Section):
    """How long a transfer may take."""

    accept_s: float = Field(5.0, gt=0, le=32, description="seconds for the answer to our REFER")
    ring_s: float = Field(
        30.0, gt=0, le=300, description="seconds in which the desk must answer, up to 300"
    )
    token_life_s: float = Field(300.0, gt=0, le=86400, description="life of a context token")
