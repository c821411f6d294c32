"""The inbox as a web application: deliveries come in by POST, people and programs read by GET."""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from localcloud.inbox import email, pagerduty, slack, sns
from localcloud.inbox.faults import DeliveryError
from localcloud.inbox.fields import json_object
from localcloud.inbox.page import ASSETS, Filter, render
from localcloud.inbox.store import Kept, Store
from tidewatch.core.errors import Fault

logger = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
PAGE_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A report is one self-contained file with scripts of its own: it gets no origin and no network.
REPORT_POLICY = "sandbox allow-scripts allow-popups; default-src 'none'; \
script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline'; \
img-src data: blob:; font-src data:; worker-src blob:"


class Inbox:
    """The handlers, over one store."""

    def __init__(self, home: Path) -> None:
        self._store = Store(home / "messages.jsonl")
        self._reports = home / "reports"

    async def email(self, request: Request) -> Response:
        """Take a mail."""
        return _taken(self._store.add(email.read(await _json(request))))

    async def slack(self, request: Request) -> Response:
        """Take a post to a Slack channel."""
        return _taken(self._store.add(slack.read(await _json(request))))

    async def pagerduty(self, request: Request) -> Response:
        """Take an event of PagerDuty's Events API v2."""
        event = await _json(request, pagerduty.LARGEST_BODY)
        message, key = pagerduty.read(event)
        self._store.add(message)
        return JSONResponse(pagerduty.accepted(key), 202)

    async def sns(self, request: Request) -> Response:
        """Take what SNS sends to an HTTP subscription."""
        delivery = await _json(request)
        kind = request.headers.get("x-amz-sns-message-type", delivery.get("Type", ""))
        if kind == "SubscriptionConfirmation":
            # SNS waits for this answer: confirm once it has it.
            url = sns.subscribe_url(delivery)
            return PlainTextResponse("confirming", background=BackgroundTask(sns.confirm, url))
        if kind == "Notification":
            return _taken(self._store.add(sns.read(delivery, request.path_params["name"])))
        return PlainTextResponse("nothing to do")

    async def messages(self, request: Request) -> Response:
        """All messages as JSON, the oldest first; `channel`, `severity` and `after` narrow them."""
        chosen = Filter.parse(request.query_params).choose(self._store.all())
        return JSONResponse([kept.document() for kept in chosen])

    async def page(self, request: Request) -> Response:
        """The page for people."""
        reports = sorted(file.name for file in self._reports.glob("*.html"))
        chosen = Filter.parse(request.query_params)
        content = render(self._store.all(), chosen, reports)
        return HTMLResponse(content, headers={"content-security-policy": PAGE_POLICY})

    async def report(self, request: Request) -> Response:
        """One report file."""
        # The route admits no slash, so the name cannot leave the folder.
        file = self._reports / request.path_params["file"]
        if file.suffix != ".html" or not file.is_file():
            return PlainTextResponse("no such report", 404)
        return FileResponse(file, headers={"content-security-policy": REPORT_POLICY})


def build(home: Path) -> Starlette:
    """The application that keeps its messages under `home`."""
    inbox = Inbox(home)
    post, get = ["POST"], ["GET"]
    return Starlette(
        routes=[
            Route("/", inbox.page, methods=get),
            Route("/health", _health, methods=get),
            Route("/messages", inbox.messages, methods=get),
            Route("/reports/{file}", inbox.report, methods=get),
            Route("/email", inbox.email, methods=post),
            Route("/slack", inbox.slack, methods=post),
            Route("/pagerduty", inbox.pagerduty, methods=post),
            Route("/pagerduty/v2/enqueue", inbox.pagerduty, methods=post),
            Route("/sns/{name}", inbox.sns, methods=post),
            Mount("/assets", StaticFiles(directory=ASSETS)),
        ],
        # A web page from elsewhere must not read the inbox through a name it made up.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        exception_handlers={DeliveryError: _refuse},
    )


async def _json(request: Request, largest: int = LARGEST_BODY) -> dict[str, object]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise DeliveryError(
                Fault("the body", f"over {largest} bytes", "fewer", "send less"), status=413
            )
    return json_object(bytes(body), "the body")


async def _health(_: Request) -> Response:
    return PlainTextResponse("ready")


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, DeliveryError)
    logger.warning("refused: %s", error)
    return JSONResponse(error.answer, error.status)


def _taken(kept: Kept) -> Response:
    return JSONResponse({"id": kept.id}, 202)
