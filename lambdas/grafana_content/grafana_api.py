"""The few routes of Grafana's HTTP API that provisioning needs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import urllib3

from tidewatch.core.errors import Fault, TidewatchError

_TIMEOUT = 30
_LONGEST_ANSWER_SHOWN = 300
_NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED = 404, 409, 412
_FIRST_FAILURE = 400
# A workspace that was just made answers with these for a while. Every route may be asked twice.
_RETRIES = urllib3.Retry(
    total=6,
    backoff_factor=1,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
)


class GrafanaError(TidewatchError):
    """Grafana refused a request."""


class GrafanaApi:
    """A workspace at `url`, spoken to with the key of a service account."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._http = urllib3.PoolManager(
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            retries=_RETRIES,
            timeout=_TIMEOUT,
        )

    def install_plugin(self, plugin: str) -> None:
        """Install a plugin, where it is not installed yet."""
        path = f"/api/plugins/{quote(plugin)}"
        if self._ask("GET", f"{path}/settings", allowed=(_NOT_FOUND,)) == _NOT_FOUND:
            self._ask("POST", f"{path}/install", {}, allowed=(_CONFLICT,))

    def put_data_source(self, source: dict[str, Any]) -> None:
        """Make a data source what `source` says, by its uid."""
        path = f"/api/datasources/uid/{quote(source['uid'])}"
        if self._ask("GET", path, allowed=(_NOT_FOUND,)) == _NOT_FOUND:
            self._ask("POST", "/api/datasources", source)
        else:
            self._ask("PUT", path, source)

    def ensure_folder(self, uid: str, title: str) -> None:
        """Create a folder, where it is not there yet."""
        exists = (_CONFLICT, _PRECONDITION_FAILED)
        self._ask("POST", "/api/folders", {"uid": uid, "title": title}, allowed=exists)

    def put_dashboard(self, dashboard: dict[str, Any], folder: str) -> None:
        """Replace the dashboard of that uid, whoever changed it since."""
        body = {"dashboard": dashboard, "folderUid": folder, "overwrite": True}
        self._ask("POST", "/api/dashboards/db", body)

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        allowed: tuple[int, ...] = (),
    ) -> int:
        content = None if body is None else json.dumps(body).encode()
        answer = self._http.request(method, self._url + path, body=content)
        if answer.status >= _FIRST_FAILURE and answer.status not in allowed:
            said = answer.data.decode(errors="replace")[:_LONGEST_ANSWER_SHOWN]
            raise GrafanaError(
                Fault(
                    where=f"{method} {path}",
                    found=f"{answer.status} {said}",
                    expected="Grafana to take it",
                    remedy="mend what it names, then deploy again",
                )
            )
        return answer.status
