"""The contract of language models over a real vLLM."""

from tests.contract.model_contract import ModelContract


class TestVllm(ModelContract):
    """``served`` is the real server."""
