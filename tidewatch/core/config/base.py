"""What every configuration type has in common: frozen, and strict about unknown keys."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen part of a configuration file; an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")
