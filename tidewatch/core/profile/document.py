"""How profiles and baselines are written: JSON that names its format and version."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tidewatch.core.errors import BaselineError, Fault


def write_document(kind: str, version: int, body: Mapping[str, Any]) -> bytes:
    """`body` as JSON, marked as format `kind` of `version`. NaN and infinities become null."""
    document = {"format": kind, "version": version, **body}
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def read_document(data: bytes, kind: str, *versions: int) -> dict[str, Any]:
    """The document in `data`. Raises BaselineError unless it is format `kind` of `versions`."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise malformed(kind, f"invalid JSON ({error})") from error
    if not isinstance(document, dict) or document.get("format") != kind:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        raise malformed(kind, f"format {found!r}")
    if document.get("version") not in versions:
        raise BaselineError(
            Fault(
                where=kind,
                found=f"version {document.get('version')!r}",
                expected=f"version {' or '.join(str(version) for version in versions)}",
                remedy="read it with the release that wrote it, or evaluate the model again",
            )
        )
    return document


def packed(registers: NDArray[np.uint8]) -> str:
    """Bytes as compressed base64: JSON has no bytes."""
    return base64.b64encode(zlib.compress(registers.tobytes())).decode()


def unpacked(text: str | None, absent: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The inverse of `packed`; `absent` without a text. Raises ValueError on anything else."""
    if text is None:
        return absent
    try:
        registers = np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), np.uint8)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"expected packed registers: {error}") from error
    if registers.shape != absent.shape:
        raise ValueError(f"expected {len(absent)} registers, found {len(registers)}")
    return registers


def malformed(kind: str, found: str) -> BaselineError:
    """The error for data that is no document of format `kind`."""
    return BaselineError(
        Fault(
            where=kind,
            found=found,
            expected=f"a document of format {kind!r}",
            remedy="evaluate the model again; a half-written file can be deleted",
        )
    )
