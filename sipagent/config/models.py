"""Language models: where one is served, and how long an agent waits for it."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field, JsonValue, SecretStr, field_validator

from sipagent.config.section import Section

# What the engine writes into each request itself, by the protocol's names.
OWN_FIELDS: Final = frozenset(
    (
        *("model", "messages", "stream", "stream_options", "max_tokens", "temperature"),
        *("tools", "response_format"),
    )
)


class OpenAiSettings(Section):
    """A server that speaks the OpenAI chat-completions protocol, such as vLLM."""

    url: str = Field(
        "http://127.0.0.1:8000/v1",
        pattern=r"^https?://[^@\s?#]+$",
        description="the address that ends in /v1, without user and password",
    )
    model: str = Field("", description="a name that GET <url>/models lists; the first where empty")
    api_key: SecretStr = Field(SecretStr(""), description="the server's key, where it wants one")
    api_key_variable: str = Field(
        "", description="the environment variable that holds the key, such as OPENAI_API_KEY"
    )
    temperature: float = Field(0.2, ge=0, le=2, description="0 (always the likeliest word) to 2")
    connect_s: float = Field(1.0, gt=0, le=60, description="seconds to connect, up to 60")
    first_token_s: float = Field(
        10.0, gt=0, le=600, description="seconds to the first token, up to 600"
    )
    token_s: float = Field(5.0, gt=0, le=60, description="seconds between two tokens, up to 60")
    strict_tools: bool = Field(
        True, description="whether the server holds the model to the schemas of tools"
    )
    connections: int = Field(64, ge=1, le=4096, description="requests at once, 1 to 4096")
    extra: Mapping[str, JsonValue] = Field(
        default_factory=dict,
        description="a table of further fields of each request, such as top_p = 0.9 or "
        "chat_template_kwargs = { enable_thinking = false }",
    )

    @field_validator("extra")
    @classmethod
    def _leaves_our_own_alone(cls, extra: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        ours = sorted(OWN_FIELDS & extra.keys())
        if ours:
            raise ValueError(f"{', '.join(ours)}: written by sipagent itself")
        return extra


class AgentSettings(Section):
    """How far an agent goes for one reply."""

    first_token_s: float = Field(
        1.0,
        gt=0,
        le=60,
        description="seconds in which the model must begin, else the embedded responder answers",
    )
    reply_s: float = Field(15.0, gt=0, le=120, description="seconds for a whole reply, up to 120")
    tool_s: float = Field(6.0, gt=0, le=60, description="seconds for one tool, up to 60")
    most_tokens: int = Field(220, ge=16, le=4096, description="tokens in one go, 16 to 4096")
    rounds: int = Field(3, ge=0, le=10, description="times that tools may be used for one reply")
    passages: int = Field(5, ge=1, le=20, description="passages shown to the model, 1 to 20")
    understanding_s: float = Field(
        0.4, gt=0, le=10, description="seconds to judge intent and mood, up to 10"
    )
    summary_s: float = Field(10.0, gt=0, le=120, description="seconds for a summary, up to 120")
