"""Schema faults in what holds data: buckets, keys, repositories, queues, topics, secrets."""

from __future__ import annotations

from gate.mutation.editing import rename, statements
from gate.mutation.mutation import Json, attribute_fault, fault


@fault("schema", "AWS::S3::Bucket")
def bucket_versioning_enum(bucket: Json) -> None:
    """The status of versioning is none of its enum."""
    bucket["VersioningConfiguration"]["Status"] = "Enable"


@fault("schema", "AWS::S3::Bucket")
def bucket_encryption_misspelt(bucket: Json) -> None:
    """A letter is missing in the name of the encryption property."""
    rename(bucket, "BucketEncryption", "BucketEncription")


@fault("schema", "AWS::S3::Bucket")
def bucket_algorithm_enum(bucket: Json) -> None:
    """The algorithm is written as people say it."""
    rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    rules[0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"] = "AWS-KMS"


@fault("schema", "AWS::S3::Bucket")
def bucket_lifecycle_status_dropped(bucket: Json) -> None:
    """A lifecycle rule says not whether it is enabled."""
    del bucket["LifecycleConfiguration"]["Rules"][0]["Status"]


@fault("schema", "AWS::S3::Bucket")
def bucket_lifecycle_days_in_words(bucket: Json) -> None:
    """Days are a word."""
    rule = bucket["LifecycleConfiguration"]["Rules"][0]
    rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] = "one"


@fault("schema", "AWS::S3::Bucket")
def bucket_public_block_misspelt(bucket: Json) -> None:
    """A block of public access is misspelt, and so is off."""
    rename(bucket["PublicAccessBlockConfiguration"], "BlockPublicAcls", "BlockPublicACLs")


@fault("schema", "AWS::S3::Bucket")
def bucket_rules_as_mapping(bucket: Json) -> None:
    """A list with one item is written as the item."""
    bucket["LifecycleConfiguration"]["Rules"] = bucket["LifecycleConfiguration"]["Rules"][0]


@attribute_fault("schema", "AWS::S3::Bucket")
def bucket_type_unknown(bucket: Json) -> None:
    """The type of the resource is misspelt."""
    bucket["Type"] = "AWS::S3::Buket"


@attribute_fault("schema", "AWS::KMS::Key", "AWS::S3::Bucket")
def deletion_policy_enum(resource: Json) -> None:
    """The deletion policy is none of its enum."""
    resource["DeletionPolicy"] = "Keep"


@fault("schema", "AWS::KMS::Key")
def key_rotation_misspelt(key: Json) -> None:
    """Rotation is asked for under another name."""
    rename(key, "EnableKeyRotation", "KeyRotationEnabled")


@fault("schema", "AWS::KMS::Key")
def key_policy_dropped(key: Json) -> None:
    """The key has no policy, which it needs."""
    del key["KeyPolicy"]


@fault("schema", "AWS::KMS::Key")
def key_pending_window_too_short(key: Json) -> None:
    """A key is to be deleted sooner than KMS deletes."""
    key["PendingWindowInDays"] = 3


@fault("schema", "AWS::KMS::Key")
def key_statement_effect_misspelt(key: Json) -> None:
    """A statement has an effect that is none."""
    statements(key)[0]["Effect"] = "Permit"


@fault("schema", "AWS::ECR::Repository")
def repository_mutability_enum(repository: Json) -> None:
    """Mutability is written in small letters."""
    repository["ImageTagMutability"] = "immutable"


@fault("schema", "AWS::ECR::Repository")
def repository_name_in_capitals(repository: Json) -> None:
    """A repository's name has a capital letter."""
    repository["RepositoryName"] = "Training/Images"


@fault("schema", "AWS::SQS::Queue")
def queue_retention_beyond_limit(queue: Json) -> None:
    """Messages are to be kept for 140 days: a zero too many."""
    queue["MessageRetentionPeriod"] = 12_096_000


@fault("schema", "AWS::SQS::Queue")
def queue_retention_misspelt(queue: Json) -> None:
    """The retention has the name that it has elsewhere."""
    rename(queue, "MessageRetentionPeriod", "RetentionPeriod")


@fault("schema", "AWS::SQS::QueuePolicy")
def queue_policy_without_queue(policy: Json) -> None:
    """A queue policy says not of which queue."""
    del policy["Queues"]


@fault("schema", "AWS::SNS::Topic")
def topic_key_misspelt(topic: Json) -> None:
    """The topic's key has the name that a bucket's has."""
    rename(topic, "KmsMasterKeyId", "KMSMasterKeyID")


@fault("schema", "AWS::SNS::Subscription")
def subscription_protocol_enum(subscription: Json) -> None:
    """A subscription's protocol is none of its enum."""
    subscription["Protocol"] = "mail"


@fault("schema", "AWS::SNS::Subscription")
def subscription_without_topic(subscription: Json) -> None:
    """A subscription says not to which topic."""
    del subscription["TopicArn"]


@fault("schema", "AWS::SNS::TopicPolicy")
def topic_policy_without_topic(policy: Json) -> None:
    """A topic policy says not of which topic."""
    del policy["Topics"]


@fault("schema", "AWS::SecretsManager::Secret")
def secret_length_too_short(secret: Json) -> None:
    """A secret is to be generated with no characters."""
    secret["GenerateSecretString"]["PasswordLength"] = 0


@fault("schema", "AWS::Athena::WorkGroup")
def workgroup_state_enum(group: Json) -> None:
    """The workgroup's state is none of its enum."""
    group["State"] = "ACTIVE"


@fault("schema", "AWS::Glue::Table")
def table_without_database(table: Json) -> None:
    """A table says not in which database."""
    del table["DatabaseName"]


@fault("schema", "AWS::Budgets::Budget")
def budget_unit_of_time_enum(budget: Json) -> None:
    """The budget's unit of time is none of its enum."""
    budget["Budget"]["TimeUnit"] = "MONTH"
