"""How texts become vectors and passages are judged: models that FlagEmbedding runs."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from sipagent.config.section import Section


class FlagSettings(Section):
    """What both have."""

    device: Literal["cpu", "cuda", "auto"] = Field("auto", description="cpu, cuda or auto")
    fp16: bool = Field(
        True, description="half precision on a GPU; a processor computes with full precision"
    )
    threads: int = Field(4, ge=1, le=64, description="processor threads without a GPU, 1 to 64")
    batch: int = Field(16, ge=1, le=256, description="texts in one run, 1 to 256")
    waiting: int = Field(
        256, ge=1, le=4096, description="texts that may wait, at least those of one run, to 4096"
    )
    models_dir: Path | None = Field(None, description="a folder; by default <data_dir>/models")

    @model_validator(mode="after")
    def _one_run_may_wait(self) -> "FlagSettings":
        if self.waiting < self.batch:
            raise ValueError(f"waiting is {self.waiting}, less than one run ({self.batch})")
        return self


class BgeM3Settings(FlagSettings):
    """Vectors by bge-m3 (MIT), which reads Arabic and English among others."""

    model: str = Field("bge-m3", description="a folder, or a name under models_dir")
    max_tokens: int = Field(
        512, ge=16, le=8192, description="tokens of a text, beyond which it is cut, 16 to 8192"
    )
    colbert: bool = Field(
        False, description="whether to give a vector for each token too: large, and rarely needed"
    )


class BgeRerankerSettings(FlagSettings):
    """Passages judged by bge-reranker-v2-m3 (Apache-2.0)."""

    model: str = Field("bge-reranker-v2-m3", description="a folder, or a name under models_dir")
    max_tokens: int = Field(
        512,
        ge=32,
        le=8192,
        description="tokens of a question and a passage, beyond which they are cut, 32 to 8192",
    )
