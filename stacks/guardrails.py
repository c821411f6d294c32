"""What bounds the bill: budgets that tell people, for the stage and for each model."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from tidewatch.core.config import Config
from tidewatch.core.config.foundation import Budget

_WARNED_AT = ((80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED"))
"""Per cent of the budget spent, or foreseen for the month's end."""


class Guardrails(cdk.Stack):
    """Monthly budgets by the tags `tidewatch:stage` and `tidewatch:model`.

    A budget sees what carries its tag once that is activated as a cost allocation tag, in the
    account that pays: no stack can do that.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        budget: Budget,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self._subscribers = [
            _subscriber("SNS", topic.topic_arn),
            *(_subscriber("EMAIL", address) for address in config.stage.alerting.email),
        ]
        self._budget("Stage", budget.stage_usd, f"tidewatch:stage${config.stage.name}")
        for model in config.models if budget.model_usd else ():
            name = "".join(part.capitalize() for part in model.name.split("-"))
            self._budget(name, budget.model_usd or 0, f"tidewatch:model${model.name}")

    def _budget(self, construct_id: str, usd: float, tag: str) -> None:
        budgets.CfnBudget(
            self,
            f"{construct_id}Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=usd, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:{tag}"]},
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type=kind,
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=self._subscribers,
                )
                for percent, kind in _WARNED_AT
            ],
        )


def _subscriber(kind: str, address: str) -> budgets.CfnBudget.SubscriberProperty:
    return budgets.CfnBudget.SubscriberProperty(address=address, subscription_type=kind)
