"""Money: budgets that somebody hears of, and queries that end."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_given, is_true, mappings, number, within

_GROUP = "AWS::Athena::WorkGroup"
_RESULTS = "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration"
_HIGHEST_SHARE = 200
# Of one notification, by their kind.
_MOST_SUBSCRIBERS = {"SNS": 1, "EMAIL": 10}
_MOST_BYTES = 100 * 1024**4


def budgets_are_heard(assembly: Assembly) -> Iterator[Finding]:
    """A budget has a limit, and tells somebody before much more than it is spent."""
    for budget in assembly.resources("AWS::Budgets::Budget"):
        notices = mappings(budget.properties.get("NotificationsWithSubscribers"))
        limit = within(budget.properties, "Budget.BudgetLimit.Amount")
        if limit is not None and (number(limit) or 0) <= 0:
            yield budget.finding("posture.budget", f"BudgetLimit.Amount is {limit}: more than 0")
        if not notices:
            yield budget.finding("posture.budget", "NotificationsWithSubscribers is empty")
        for notice in notices:
            threshold = number(within(notice, "Notification.Threshold"))
            share = within(notice, "Notification.ThresholdType") in (None, "PERCENTAGE")
            if not is_given(notice.get("Subscribers")):
                yield budget.finding("posture.budget", "a notification has no subscriber")
            if threshold is not None and (threshold <= 0 or (share and threshold > _HIGHEST_SHARE)):
                yield budget.finding(
                    "posture.budget", f"a threshold of {threshold:g} % tells too soon or too late"
                )


def subscribers_are_taken(assembly: Assembly) -> Iterator[Finding]:
    """No notification has more subscribers of a kind than the service takes."""
    for budget in assembly.resources("AWS::Budgets::Budget"):
        for notice in mappings(budget.properties.get("NotificationsWithSubscribers")):
            kinds = [one.get("SubscriptionType") for one in mappings(notice.get("Subscribers"))]
            for kind, most in _MOST_SUBSCRIBERS.items():
                if kinds.count(kind) > most:
                    yield budget.finding(
                        "posture.budget",
                        f"a notification has {kinds.count(kind)} subscribers of the kind {kind}, "
                        f"expected at most {most}: the deployment fails; let one topic tell the "
                        "others",
                    )


def queries_are_bounded(value: object) -> bool:
    """A limit of bytes that is one."""
    return 0 < (number(value) or 0) <= _MOST_BYTES


def applications_are_bounded(assembly: Assembly) -> Iterator[Finding]:
    """A serverless cluster has a most, and goes to sleep."""
    for application in assembly.resources("AWS::EMRServerless::Application"):
        if not is_given(application.properties.get("MaximumCapacity")):
            yield application.finding(
                "posture.cluster-bounds",
                "MaximumCapacity is missing: a bad query may cost anything",
            )


RULES: tuple[Rule, ...] = (
    budgets_are_heard,
    subscribers_are_taken,
    applications_are_bounded,
    Requirement(
        "posture.query-limit",
        _GROUP,
        "WorkGroupConfiguration.BytesScannedCutoffPerQuery",
        "a query may read, and cost, anything; set a limit of bytes",
        holds=queries_are_bounded,
    ),
    Requirement(
        "posture.query-enforced",
        _GROUP,
        "WorkGroupConfiguration.EnforceWorkGroupConfiguration",
        "clients may override the limit and the encryption; set it to true",
        holds=is_true,
    ),
    Requirement(
        "posture.query-results-key",
        _GROUP,
        f"{_RESULTS}.KmsKey",
        "results are stored under no key of ours; name one",
    ),
)
