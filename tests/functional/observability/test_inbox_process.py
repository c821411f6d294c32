"""The inbox as a process of its own, and SNS's handshake with it."""

from __future__ import annotations

from pathlib import Path

import requests

from localcloud import inbox
from localcloud.ports import in_use
from tests.functional.observability.receiver import eventually, receiving


def test_the_inbox_starts_takes_a_mail_and_ends(tmp_path: Path) -> None:
    started = inbox.start(tmp_path)
    mail = {"to": "a@example.com", "subject": "s", "body": "b"}
    assert requests.post(f"{started.url}/email", json=mail, timeout=30).status_code == 202
    assert len(requests.get(f"{started.url}/messages", timeout=30).json()) == 1
    started.stop()
    assert not in_use(int(started.url.rpartition(":")[2]))


def test_a_subscription_is_confirmed_after_it_was_answered(tmp_path: Path) -> None:
    started = inbox.start(tmp_path)
    with receiving() as sns:
        confirmation = {"SubscribeURL": f"{sns.url}/?Action=ConfirmSubscription&Token=t"}
        answer = requests.post(
            f"{started.url}/sns/ops",
            json=confirmation,
            headers={"x-amz-sns-message-type": "SubscriptionConfirmation"},
            timeout=30,
        )
        eventually(lambda: bool(sns.received))
    started.stop()
    assert answer.status_code == 200
    assert sns.received == [("/?Action=ConfirmSubscription&Token=t", "")]
