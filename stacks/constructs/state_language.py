"""Small pieces of the Amazon States Language that the CDK has no words for."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk

Json = dict[str, object]


def integration(operation: str) -> str:
    """The ARN of an integration, such as `sagemaker:createModel`, in the partition deployed to."""
    return f"arn:{cdk.Aws.PARTITION}:states:::{operation}"


def field(key: str, value: object) -> Json:
    """One request field; a value that is a path or an intrinsic gets the `.$` suffix.

    >>> field("S3Uri", "$.run.uri")
    {'S3Uri.$': '$.run.uri'}
    >>> field("S3Uri", "s3://bucket/key")
    {'S3Uri': 's3://bucket/key'}
    """
    if isinstance(value, str) and value.startswith(("$.", "$$.", "States.")):
        return {f"{key}.$": value}
    return {key: value}


def fields(values: Mapping[str, object]) -> Json:
    """A mapping of request fields, each as `field` makes it."""
    return {name: item for key, value in values.items() for name, item in field(key, value).items()}


def unique_name(prefix: str) -> str:
    """An intrinsic that makes a new name of `prefix` and 12 hexadecimal digits.

    A retried state thus starts a job of a new name; SageMaker refuses a name used before.
    """
    tail = "States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 4)"
    return f"States.Format('{prefix}-{{}}', {tail})"


def joined(template: str, *paths: str) -> str:
    """An intrinsic that fills the `{}` of `template` with the values at `paths`."""
    return f"States.Format('{template}', {', '.join(paths)})"
