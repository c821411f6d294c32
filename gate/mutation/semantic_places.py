"""Semantic faults of values that mean another place, another unit, or nothing at all."""

from __future__ import annotations

from gate.mutation.editing import edit_text, machine_fault, states
from gate.mutation.mutation import Json, NotHereError, fault


@machine_fault("semantic")
def boolean_of_imported_code_compared_as_text(definition: Json) -> None:
    """A choice compares with a text what a function has from an imported one as a boolean."""
    for _, found in states(definition):
        default = definition["States"].get(found.get("Default"), {})
        for rule in found.get("Choices", []):
            if default.get("Type") == "Wait" and rule.pop("BooleanEquals", None) is True:
                rule["StringEquals"] = "true"
                return
    raise NotHereError("BooleanEquals")


@fault("semantic", "AWS::CloudWatch::Alarm")
def share_compared_with_per_cent(alarm: Json) -> None:
    """A share of requests is compared with a number of per cent."""
    if alarm["MetricName"] != "Invocation5XXErrors" or alarm["Statistic"] != "Average":
        raise NotHereError("Invocation5XXErrors")
    alarm["Threshold"] = 1


@fault("semantic", "AWS::Glue::Table")
def table_beside_what_is_written(table: Json) -> None:
    """A table lies where nobody writes, by one letter."""
    edit_text(
        table["TableInput"]["StorageDescriptor"],
        "Location",
        lambda text: text.replace("/labels/", "/label/"),
    )


@fault("semantic", "Custom::GrafanaContent")
def data_source_of_another_workgroup(content: Json) -> None:
    """A data source asks a workgroup that the workspace's role may not use."""
    for index, _ in enumerate(content["DataSources"]):
        written = {"Source": content["DataSources"][index]}
        try:
            edit_text(written, "Source", _of_primary)
        except NotHereError:
            continue
        content["DataSources"][index] = written["Source"]
        return
    raise NotHereError("workgroup")


@fault("schema", "AWS::Budgets::Budget")
def budget_tells_two_topics(budget: Json) -> None:
    """A notification of a budget has two topics, where one is allowed."""
    subscribers = budget["NotificationsWithSubscribers"][0]["Subscribers"]
    topic = next(one for one in subscribers if one["SubscriptionType"] == "SNS")
    subscribers.append({**topic, "Address": "arn:aws:sns:eu-west-1:111111111111:another"})


@fault("schema", "AWS::OpenSearchService::Domain")
def search_engine_without_name(domain: Json) -> None:
    """The version of a search engine lacks the engine's name."""
    domain["EngineVersion"] = domain["EngineVersion"].rpartition("_")[2]


def _of_primary(text: str) -> str:
    head, mark, rest = text.partition('"workgroup":"')
    return f'{head}{mark}primary"{rest.partition(chr(34))[2]}' if mark else text
