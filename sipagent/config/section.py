"""What every table of the configuration is."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table that knows its keys and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
