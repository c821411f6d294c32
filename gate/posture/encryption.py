"""Every store is under a customer-managed key, and the key is one that can be kept."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_false, is_true, mappings, texts, within

_ROTATION_DAYS = (90, 365)


def customer_managed(value: object) -> bool:
    """A key is named, and it is not one of the `aws/…` keys that no policy of ours opens."""
    return isinstance(value, str) and bool(value) and "alias/aws/" not in value


def _symmetric(key: Resource) -> bool:
    spec = key.properties.get("KeySpec", "SYMMETRIC_DEFAULT")
    origin = key.properties.get("Origin", "AWS_KMS")
    return (spec, origin) == ("SYMMETRIC_DEFAULT", "AWS_KMS")


def _not_disabled(value: object) -> bool:
    return not is_false(value)


_KEY = "name a customer-managed KMS key"
_STORES = (
    ("AWS::APS::Workspace", "KmsKeyArn"),
    ("AWS::EFS::FileSystem", "KmsKeyId"),
    ("AWS::EC2::Volume", "KmsKeyId"),
    ("AWS::ECR::Repository", "EncryptionConfiguration.KmsKey"),
    ("AWS::Kinesis::Stream", "StreamEncryption.KeyId"),
    ("AWS::OpenSearchService::Domain", "EncryptionAtRestOptions.KmsKeyId"),
    ("AWS::RDS::DBCluster", "KmsKeyId"),
    ("AWS::RDS::DBInstance", "KmsKeyId"),
    ("AWS::SNS::Topic", "KmsMasterKeyId"),
    ("AWS::SageMaker::NotebookInstance", "KmsKeyId"),
    ("AWS::SecretsManager::Secret", "KmsKeyId"),
)
_STORED = tuple(
    Requirement("posture.store-key", kind, path, _KEY, holds=customer_managed)
    for kind, path in _STORES
)


def bucket_key(assembly: Assembly) -> Iterator[Finding]:
    """A bucket encrypts with a customer-managed key, unless logs are delivered into it."""
    targets = log_targets(assembly)
    for bucket in assembly.resources("AWS::S3::Bucket"):
        rules = mappings(
            within(bucket.properties, "BucketEncryption.ServerSideEncryptionConfiguration")
        )
        default = within(rules[0], "ServerSideEncryptionByDefault") if rules else None
        if bucket.name in targets:
            if within(default, "SSEAlgorithm") != "AES256":
                yield bucket.finding(
                    "posture.log-bucket-key",
                    "S3 delivers access logs only into buckets under SSE-S3: "
                    "set SSEAlgorithm to AES256",
                )
        elif within(default, "SSEAlgorithm") not in ("aws:kms", "aws:kms:dsse"):
            yield bucket.finding("posture.bucket-key", f"no default KMS encryption: {_KEY}")
        elif not customer_managed(within(default, "KMSMasterKeyID")):
            yield bucket.finding("posture.bucket-key", f"KMSMasterKeyID is missing: {_KEY}")
        elif not is_true(rules[0].get("BucketKeyEnabled")):
            yield bucket.finding(
                "posture.bucket-key-cost",
                "BucketKeyEnabled is off: every object costs a KMS call; set it to true",
            )


def log_targets(assembly: Assembly) -> set[str]:
    """Names of the buckets into which other buckets' access logs go."""
    found = set()
    for bucket in assembly.resources("AWS::S3::Bucket"):
        target = assembly.at(
            within(bucket.properties, "LoggingConfiguration.DestinationBucketName")
        )
        if target is not None:
            found.add(target.name)
    return found


def queue_encrypted(assembly: Assembly) -> Iterator[Finding]:
    """A queue says how it is encrypted."""
    for queue in assembly.resources("AWS::SQS::Queue"):
        key = queue.properties.get("KmsMasterKeyId")
        managed = queue.properties.get("SqsManagedSseEnabled")
        if key is not None and not customer_managed(key):
            yield queue.finding(
                "posture.queue-encrypted",
                f"KmsMasterKeyId is {key!r}: no service may use the key of AWS; {_KEY}",
            )
        elif key is None and not is_true(managed):
            yield queue.finding(
                "posture.queue-encrypted",
                f"neither KmsMasterKeyId nor SqsManagedSseEnabled: {_KEY}",
            )


def table_key(assembly: Assembly) -> Iterator[Finding]:
    """A DynamoDB table is under a customer-managed key, and can be restored."""
    for table in assembly.resources("AWS::DynamoDB::Table"):
        sse = table.properties.get("SSESpecification")
        if not (
            is_true(within(sse, "SSEEnabled")) and customer_managed(within(sse, "KMSMasterKeyId"))
        ):
            yield table.finding("posture.store-key", f"SSESpecification names no key: {_KEY}")
        restored = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
        if not is_true(within(table.properties, restored)):
            yield table.finding("posture.table-recovery", f"{restored} is off: set it to true")


def key_can_be_managed(assembly: Assembly) -> Iterator[Finding]:
    """Someone of the account may change a key's policy; else nobody ever can again."""
    for key in assembly.resources("AWS::KMS::Key"):
        statements = mappings(within(key.properties, "KeyPolicy.Statement"))
        if not any(_administers(statement) for statement in statements):
            yield key.finding(
                "posture.key-administrator",
                "no statement lets an IAM principal of the account change the key's policy: "
                "allow kms:* to the account's root",
            )


def _administers(statement: object) -> bool:
    actions = texts(within(statement, "Action"))
    return (
        within(statement, "Effect") == "Allow"
        and any(action in ("kms:*", "kms:Put*", "kms:PutKeyPolicy", "*") for action in actions)
        and bool(texts(within(statement, "Principal.AWS")) or within(statement, "Principal") == "*")
    )


RULES: tuple[Rule, ...] = (
    *_STORED,
    bucket_key,
    queue_encrypted,
    table_key,
    key_can_be_managed,
    Requirement(
        "posture.key-rotation",
        "AWS::KMS::Key",
        "EnableKeyRotation",
        "set it to true",
        holds=is_true,
        applies=_symmetric,
    ),
    Requirement(
        "posture.key-enabled",
        "AWS::KMS::Key",
        "Enabled",
        "nothing under the key can be read; leave it out",
        holds=_not_disabled,
    ),
)
