"""Prometheus remote write, signed for Amazon Managed Service for Prometheus.

Source: https://prometheus.io/docs/specs/prw/remote_write_spec/ (version 1: a snappy-compressed
protobuf `WriteRequest`). The message has four shapes, so it is written here by hand.
"""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import cramjam
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from tidewatch.core.errors import Fault, TidewatchError

_SERVICE = "aps"
_TIMEOUT = 30
_ATTEMPTS = 5
_FIRST_PAUSE = 0.2
_SERIES_PER_REQUEST = 2_000
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500
_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


class RemoteWriteError(TidewatchError):
    """Prometheus refused samples, or could not be reached."""


@dataclass(frozen=True)
class Sample:
    """One value of one series at one moment."""

    name: str
    labels: Mapping[str, str]
    value: float
    milliseconds: int


class RemoteWriter:
    """Sends samples to one workspace's remote-write URL, as the environment's identity."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._aws = Session()
        self._http = requests.Session()

    def send(self, samples: Iterable[Sample]) -> None:
        """Writes all samples; what the server refuses is raised with the server's own words.

        Times are sent as they are: a sample too old or too new is the caller's fault to mend.
        """
        for part in _parts(samples):
            self._post(bytes(cramjam.snappy.compress_raw(encode(part))))

    def _post(self, body: bytes) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                answer = self._http.post(
                    self._url, data=body, headers=self._signed(body), timeout=_TIMEOUT
                )
            except (requests.ConnectionError, requests.Timeout) as error:
                found = f"{type(error).__name__}: {error}"
            else:
                if answer.ok:
                    return
                found = f"{answer.status_code} {answer.text.strip()[:500]}"
                if not _may_pass(answer.status_code):
                    raise _refused(self._url, found)
            if attempt < _ATTEMPTS - 1:
                time.sleep(_pause(attempt))
        raise _refused(self._url, f"{found} ({_ATTEMPTS} times)")

    def _signed(self, body: bytes) -> dict[str, str]:
        credentials = self._aws.get_credentials()
        region = self._aws.get_config_variable("region")
        if credentials is None or region is None:
            raise RemoteWriteError(
                Fault("remote write", "no AWS credentials or region", "both", "give the job a role")
            )
        request = AWSRequest(method="POST", url=self._url, data=body, headers=dict(_HEADERS))
        SigV4Auth(credentials.get_frozen_credentials(), _SERVICE, region).add_auth(request)
        return dict(request.headers.items())


def encode(samples: Iterable[Sample]) -> bytes:
    """The `WriteRequest` of `samples`, each a series of its own, not compressed."""
    return b"".join(_field(1, _series(sample)) for sample in samples)


def _series(sample: Sample) -> bytes:
    labels = sorted([("__name__", sample.name), *sample.labels.items()])
    pairs = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels
    )
    point = b"\x09" + struct.pack("<d", sample.value) + b"\x10" + _varint(sample.milliseconds)
    return pairs + _field(2, point)


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1  # negative numbers are sent in two's complement
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _parts(samples: Iterable[Sample]) -> Iterator[Sequence[Sample]]:
    rest = iter(samples)
    while part := list(islice(rest, _SERIES_PER_REQUEST)):
        yield part


def _may_pass(status: int) -> bool:
    return status == _TOO_MANY_REQUESTS or status >= _SERVER_FAULT


def _pause(attempt: int) -> float:
    """Seconds before the next attempt: doubling, and spread so that jobs do not march in step."""
    return float(_FIRST_PAUSE * 2**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret


def _refused(url: str, found: str) -> RemoteWriteError:
    return RemoteWriteError(
        Fault(
            where=url,
            found=found,
            expected="the samples to be accepted",
            remedy="read the server's words; a 403 means the role lacks aps:RemoteWrite",
        )
    )
