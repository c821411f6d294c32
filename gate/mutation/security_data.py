"""Security faults in what holds data: encryption, openness, secrets."""

from __future__ import annotations

from gate.mutation.editing import statement_of, statements, tls_statement
from gate.mutation.mutation import Json, NotHereError, fault, template_fault

_EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


@fault("security", "AWS::S3::Bucket")
def bucket_encryption_dropped(bucket: Json) -> None:
    """A bucket encrypts with no key of ours."""
    del bucket["BucketEncryption"]


@fault("security", "AWS::S3::Bucket")
def bucket_key_dropped(bucket: Json) -> None:
    """A bucket encrypts with the key of AWS."""
    rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    del rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]


@fault("security", "AWS::S3::Bucket")
def bucket_under_s3_key(bucket: Json) -> None:
    """A bucket encrypts with S3's own keys, beside others that do not."""
    rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    if rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256":
        raise NotHereError("KMS")
    rule["ServerSideEncryptionByDefault"] = {"SSEAlgorithm": "AES256"}


@fault("security", "AWS::S3::Bucket")
def bucket_policy_block_off(bucket: Json) -> None:
    """One of four blocks of public access is off."""
    bucket["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] = False


@fault("security", "AWS::S3::Bucket")
def bucket_public_block_dropped(bucket: Json) -> None:
    """Public access is blocked by nothing."""
    del bucket["PublicAccessBlockConfiguration"]


@fault("security", "AWS::S3::Bucket")
def bucket_acl_public(bucket: Json) -> None:
    """A list of access opens the bucket."""
    bucket["AccessControl"] = "PublicRead"


@fault("security", "AWS::S3::Bucket")
def bucket_ownership_dropped(bucket: Json) -> None:
    """Who writes an object owns it."""
    del bucket["OwnershipControls"]


@fault("security", "AWS::S3::Bucket")
def bucket_access_log_dropped(bucket: Json) -> None:
    """Nobody knows who read."""
    del bucket["LoggingConfiguration"]


@fault("security", "AWS::S3::BucketPolicy")
def bucket_policy_for_everybody(policy: Json) -> None:
    """Everybody may read."""
    statements(policy).append(dict(_EVERYBODY))


@fault("security", "AWS::S3::BucketPolicy")
def bucket_tls_allowed(policy: Json) -> None:
    """What came without TLS was denied, and now is allowed."""
    tls_statement(policy)["Effect"] = "Allow"


@fault("security", "AWS::S3::BucketPolicy")
def bucket_tls_turned_round(policy: Json) -> None:
    """What comes with TLS is denied."""
    tls_statement(policy)["Condition"] = {"Bool": {"aws:SecureTransport": "true"}}


@fault("security", "AWS::S3::BucketPolicy")
def bucket_tls_of_bucket_only(policy: Json) -> None:
    """TLS is asked for of the bucket, not of its objects."""
    statement = tls_statement(policy)
    statement["Resource"] = statement["Resource"][0]


@fault("security", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy")
def tls_statement_dropped(policy: Json) -> None:
    """Nothing asks for TLS."""
    statements(policy).remove(tls_statement(policy))


@fault("security", "AWS::SNS::TopicPolicy")
def topic_tls_dropped(policy: Json) -> None:
    """Nothing asks a topic's publishers for TLS."""
    statements(policy).remove(tls_statement(policy))


@fault("security", "AWS::SQS::QueuePolicy")
def queue_tls_dropped(policy: Json) -> None:
    """Nothing asks a queue's senders for TLS."""
    statements(policy).remove(tls_statement(policy))


@fault("security", "AWS::SQS::QueuePolicy")
def queue_open_to_everybody(policy: Json) -> None:
    """Everybody may send to a queue."""
    statements(policy).append(
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage", "Resource": "*"}
    )


@fault("security", "AWS::SQS::Queue")
def queue_encryption_off(queue: Json) -> None:
    """A queue is not encrypted at all."""
    queue.pop("KmsMasterKeyId", None)
    queue["SqsManagedSseEnabled"] = False


@fault("security", "AWS::SNS::Topic")
def topic_key_dropped(topic: Json) -> None:
    """A topic is under no key."""
    del topic["KmsMasterKeyId"]


@fault("security", "AWS::SNS::Topic")
def topic_under_key_of_aws(topic: Json) -> None:
    """A topic is under the key of AWS, which no alarm may use."""
    topic["KmsMasterKeyId"] = "alias/aws/sns"


@fault("security", "AWS::SNS::TopicPolicy")
def topic_open_to_everybody(policy: Json) -> None:
    """Everybody may publish to a topic."""
    statement_of(policy, "cloudwatch")["Principal"] = {"AWS": "*"}


@fault("security", "AWS::SNS::TopicPolicy")
def topic_open_to_all_accounts(policy: Json) -> None:
    """A service may publish for any account's sake."""
    del statement_of(policy, "cloudwatch")["Condition"]


@fault("security", "AWS::KMS::Key")
def key_rotation_off(key: Json) -> None:
    """A key is never rotated."""
    key["EnableKeyRotation"] = False


@fault("security", "AWS::KMS::Key")
def key_open_to_everybody(key: Json) -> None:
    """Everybody may decrypt."""
    statements(key).append(
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}
    )


@fault("security", "AWS::KMS::Key")
def key_open_to_all_accounts(key: Json) -> None:
    """A service may use the key for any account's sake."""
    del statement_of(key, "cloudwatch")["Condition"]


@fault("security", "AWS::KMS::Key")
def key_without_administrator(key: Json) -> None:
    """Nobody may ever change the key's policy again."""
    statement = statements(key)[0]
    statement["Action"] = ["kms:Decrypt", "kms:Encrypt"]


@fault("security", "AWS::ECR::Repository")
def repository_mutable(repository: Json) -> None:
    """A tag may be given to another image."""
    repository["ImageTagMutability"] = "MUTABLE"


@fault("security", "AWS::ECR::Repository")
def repository_scan_off(repository: Json) -> None:
    """Images are not scanned."""
    repository["ImageScanningConfiguration"] = {"ScanOnPush": False}


@fault("security", "AWS::ECR::Repository")
def repository_open_to_everybody(repository: Json) -> None:
    """Everybody may pull."""
    repository["RepositoryPolicyText"] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}],
    }


@fault("security", "AWS::SecretsManager::Secret")
def secret_in_the_template(secret: Json) -> None:
    """A secret's value stands in the template."""
    secret.pop("GenerateSecretString", None)
    secret["SecretString"] = "correct horse battery staple"


@fault("security", "AWS::SecretsManager::Secret")
def secret_key_dropped(secret: Json) -> None:
    """A secret is under the key of AWS."""
    del secret["KmsKeyId"]


@fault("security", "AWS::Lambda::Function")
def function_token_in_environment(function: Json) -> None:
    """A token stands in a variable."""
    function["Environment"]["Variables"]["CHAT"] = "xoxb-" + "123456789012-abcdefghijkl"


@fault("security", "AWS::Lambda::Function")
def function_password_in_environment(function: Json) -> None:
    """A password that looks like nothing stands in a variable."""
    function["Environment"]["Variables"]["DB_PASSWORD"] = " ".join(["summer", "of", "69"])


@fault("security", "AWS::Lambda::Function")
def function_secret_resolved(function: Json) -> None:
    """A secret is resolved into a variable that anyone who may look reads."""
    function["Environment"]["Variables"]["KEY"] = "{{resolve:secretsmanager:pager:SecretString}}"


@template_fault("security")
def parameter_with_secret_default(template: Json) -> None:
    """A hidden parameter has a default that everybody reads."""
    template.setdefault("Parameters", {})["ApiToken"] = {
        "Type": "String",
        "NoEcho": True,
        "Default": "d41d8cd98f00b204",
    }


@fault("security", "AWS::Athena::WorkGroup")
def workgroup_not_enforced(group: Json) -> None:
    """Clients may write results where, and how, they like."""
    group["WorkGroupConfiguration"]["EnforceWorkGroupConfiguration"] = False


@fault("security", "AWS::Athena::WorkGroup")
def workgroup_results_in_the_clear(group: Json) -> None:
    """Results of queries are under no key."""
    del group["WorkGroupConfiguration"]["ResultConfiguration"]["EncryptionConfiguration"]


@fault("security", "AWS::OpenSearchService::Domain")
def search_without_https(domain: Json) -> None:
    """A domain answers in the clear."""
    domain["DomainEndpointOptions"]["EnforceHTTPS"] = False


@fault("security", "AWS::OpenSearchService::Domain")
def search_nodes_in_the_clear(domain: Json) -> None:
    """Nodes speak to one another in the clear."""
    del domain["NodeToNodeEncryptionOptions"]


@fault("security", "AWS::OpenSearchService::Domain")
def search_stored_in_the_clear(domain: Json) -> None:
    """A domain's disks are not encrypted."""
    domain["EncryptionAtRestOptions"] = {"Enabled": False}


@fault("security", "AWS::APS::Workspace")
def workspace_key_dropped(workspace: Json) -> None:
    """Metrics are under the key of AWS."""
    del workspace["KmsKeyArn"]
