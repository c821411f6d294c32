"""OpenSearch over HTTP, each request signed as the function's role."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Any

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tidewatch.core.errors import Fault, TidewatchError

_TIMEOUT = 20
_LONGEST_ANSWER_SHOWN = 300
_FIRST_FAILURE = 400
_RETRIES = urllib3.Retry(
    total=3,
    backoff_factor=0.5,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
)


class SearchError(TidewatchError):
    """OpenSearch refused a request."""


@dataclass(frozen=True)
class Answer:
    """What OpenSearch said."""

    status: int
    text: str


class SearchEndpoint:
    """A domain (service `es`) or a serverless collection (`aoss`)."""

    def __init__(self, url: str, service: str) -> None:
        self._url = url.rstrip("/")
        self._service = service
        self._session = boto3.Session()
        self._http = urllib3.PoolManager(retries=_RETRIES, timeout=_TIMEOUT)

    @classmethod
    def in_environment(cls) -> SearchEndpoint:
        """The endpoint that a function's environment names."""
        return cls(os.environ["SEARCH_URL"], os.environ["SEARCH_SERVICE"])

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        kind: str = "application/json",
        allowed: tuple[int, ...] = (),
    ) -> Answer:
        """Send a request; SearchError where it fails with a status that is not `allowed`."""
        url = self._url + path
        answer = self._http.request(
            method, url, body=body or None, headers=self._signed(method, url, body, kind)
        )
        text = answer.data.decode(errors="replace")
        if answer.status >= _FIRST_FAILURE and answer.status not in allowed:
            raise SearchError(
                Fault(
                    where=f"{method} {path}",
                    found=f"{answer.status} {text[:_LONGEST_ANSWER_SHOWN]}",
                    expected="OpenSearch to take it",
                    remedy="mend what it names; a 403 means the role lacks access",
                )
            )
        return Answer(answer.status, text)

    def _signed(self, method: str, url: str, body: bytes, kind: str) -> dict[str, str]:
        headers = {
            "Content-Type": kind,
            # Serverless takes no request without it.
            "X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest(),
        }
        request = AWSRequest(method=method, url=url, data=body, headers=headers)
        credentials: Any = self._session.get_credentials()
        SigV4Auth(
            credentials.get_frozen_credentials(), self._service, self._session.region_name
        ).add_auth(request)
        return dict(request.headers.items())
