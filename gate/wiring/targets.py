"""What a value in a property is about: of an alias its function, of an URI its bucket."""

from __future__ import annotations

from gate.assembly import Assembly, Resource
from gate.reading import text

_QUALIFIED = ("AWS::Lambda::Alias", "AWS::Lambda::Version")


def behind(assembly: Assembly, value: object) -> Resource | None:
    """The resource that an ARN, a URL or a name is about; of an alias, its function."""
    found = assembly.at(value)
    if found is not None and found.type in _QUALIFIED:
        return assembly.at(text(found.properties, "FunctionName"), "AWS::Lambda::Function")
    return found


def bucket_behind(assembly: Assembly, value: object) -> Resource | None:
    """The bucket that an ARN, an `s3://` URI or a name is about."""
    return assembly.at(value, "AWS::S3::Bucket")


def object_arn(uri: str) -> str:
    """The ARN of what an `s3://` URI, or the pattern of one, stands for.

    >>> object_arn("s3://data/raw/*")
    'arn:aws:s3:::data/raw/*'
    """
    return f"arn:aws:s3:::{uri.removeprefix('s3://')}"
