"""What SageMaker remembers of a job, a model or an endpoint, kept in moto's own collections.

moto stays the store, so that its search works; its objects lose request fields (Environment,
ProcessingResources, ...), so ours keep the whole request.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.sagemaker.exceptions import ResourceInUseException, ValidationError
from moto.sagemaker.models import sagemaker_backends

from localcloud.state import settings

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@dataclass(frozen=True)
class Kind:
    """A kind of SageMaker resource.

    `collection` is the attribute of moto's backend that holds it, `has_status` tells jobs and
    endpoints from plain resources, `event` is the detail type of its state changes.
    """

    noun: str
    resource: str
    collection: str
    has_status: bool = True
    event: str = ""

    @property
    def name_key(self) -> str:
        """The request field that holds the name."""
        return f"{self.noun}Name"

    @property
    def arn_key(self) -> str:
        """The answer field that holds the ARN."""
        return f"{self.noun}Arn"

    @property
    def status_key(self) -> str:
        """The answer field that holds the status."""
        return f"{self.noun}Status"

    @property
    def words(self) -> str:
        """The kind in SageMaker's messages."""
        return self.resource.replace("config", "configuration").replace("-", " ")

    def arn(self, name: str) -> str:
        """The ARN of a resource of this kind; SageMaker writes its name in lower case."""
        scope = f"{settings().region}:{settings().account}"
        return f"arn:aws:sagemaker:{scope}:{self.resource}/{name.lower()}"


class Record:
    """One resource: the request that made it, and what has become of it since."""

    def __init__(self, kind: Kind, request: dict[str, Any], **state: Any) -> None:
        self.kind = kind
        self.name: str = request[kind.name_key]
        self.arn = kind.arn(self.name)
        self.request = {key: value for key, value in request.items() if key != "Tags"}
        self.tags: list[dict[str, str]] = list(request.get("Tags") or [])
        now = utc_now()
        self._state: dict[str, Any] = {"CreationTime": now}
        if kind.has_status:
            self._state["LastModifiedTime"] = now
        self._state |= state
        self._lock = threading.RLock()

    @property
    def status(self) -> str:
        """The status, such as InProgress or Completed."""
        return str(self.get(self.kind.status_key))

    def get(self, key: str, default: Any = None) -> Any:
        """One field of the state, else of the request."""
        with self._lock:
            return self._state.get(key, self.request.get(key, default))

    def change(self, **fields: Any) -> None:
        """Set fields of the state; the time of the change is noted."""
        with self._lock:
            self._state |= fields
            if self.kind.has_status:
                self._state["LastModifiedTime"] = utc_now()

    def describe(self) -> dict[str, Any]:
        """The whole resource, as the Describe operation answers it."""
        with self._lock:
            fields = {**self.request, **self._state, self.kind.arn_key: self.arn}
        return {key: value for key, value in fields.items() if value is not None}

    def gen_response_object(self) -> dict[str, Any]:
        """The same, by the name that moto's Search calls."""
        return self.describe()


def utc_now() -> datetime:
    """The time of a change, to the millisecond, as SageMaker gives it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def collection(kind: Kind) -> dict[str, Record]:
    """The collection of a kind in moto, by name."""
    backend = sagemaker_backends[settings().account][settings().region]
    found: dict[str, Record] = getattr(backend, kind.collection)
    return found


def add(record: Record) -> None:
    """Keep a new record. A wrong or taken name is refused, as SageMaker refuses it."""
    if not NAME.fullmatch(record.name):
        raise ValidationError(
            f"1 validation error detected: Value '{record.name}' at '{record.kind.name_key}' "
            "failed to satisfy constraint: Member must satisfy regular expression pattern: "
            f"{NAME.pattern}"
        )
    with _adding:
        if record.name in collection(record.kind):
            raise _taken(record)
        collection(record.kind)[record.name] = record


def find(kind: Kind, name: str) -> Record:
    """The record of a name. ValidationException where there is none."""
    record = collection(kind).get(name)
    if record is None:
        raise ValidationError(f'Could not find {kind.words} "{kind.arn(name)}".')
    return record


def remove(kind: Kind, name: str) -> Record:
    """Forget a record and return it. ValidationException where there is none."""
    record = find(kind, name)
    collection(kind).pop(name, None)
    return record


def _taken(record: Record) -> Exception:
    """SageMaker says it in two ways: of jobs, and of everything else."""
    if record.kind.event:
        return ResourceInUseException(
            "Job name must be unique within an AWS account and region, and a job with this name "
            f"already exists ({record.arn})"
        )
    return ValidationError(f'Cannot create already existing {record.kind.words} "{record.arn}".')


_adding = threading.Lock()
