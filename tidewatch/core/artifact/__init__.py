"""A model artefact: what it says about itself, and how its features become numbers."""

from tidewatch.core.artifact.signature import (
    FORMAT,
    Signature,
    SignatureFeature,
    TrainedOn,
    parse_signature,
)

__all__ = ["FORMAT", "Signature", "SignatureFeature", "TrainedOn", "parse_signature"]
