"""Security faults in who may do what, and in what runs."""

from __future__ import annotations

from gate.mutation.editing import (
    MACHINE,
    machine_fault,
    request,
    statement_on,
    statements,
    states,
)
from gate.mutation.mutation import Json, NotHereError, fault, template_fault

_JOB = "createProcessingJob"
_TUNING = "createHyperParameterTuningJob"


@fault("security", "AWS::IAM::Role")
def role_trusts_everybody(role: Json) -> None:
    """Everybody may assume a role."""
    statements(role)[0]["Principal"] = {"AWS": "*"}


@fault("security", "AWS::IAM::Role")
def role_trusts_another_account(role: Json) -> None:
    """Another account may assume a role."""
    statements(role)[0]["Principal"] = {"AWS": "arn:aws:iam::999999999999:root"}


@fault("security", "AWS::IAM::Role")
def role_source_account_dropped(role: Json) -> None:
    """A service may assume a role for any account's sake."""
    del statements(role)[0]["Condition"]


@fault("security", "AWS::IAM::Role")
def role_source_account_of_another(role: Json) -> None:
    """A service may assume a role for the sake of whom it pleases."""
    statements(role)[0]["Condition"]["StringEquals"]["aws:SourceAccount"] = "*"


@fault("security", "AWS::IAM::Role")
def role_service_misspelt(role: Json) -> None:
    """A role trusts a service that is none."""
    principal = statements(role)[0]["Principal"]
    principal["Service"] = principal["Service"].replace(".amazonaws", ".amazon")


@fault("security", "AWS::IAM::Role")
def role_administrates(role: Json) -> None:
    """A role may do everything."""
    role["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]


@fault("security", "AWS::IAM::Role")
def role_has_all_of_sagemaker(role: Json) -> None:
    """A role has the managed policy of the tutorials."""
    role["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"]


@template_fault("security")
def user_with_key(template: Json) -> None:
    """Somebody wanted a quick way in."""
    template["Resources"]["Helper"] = {"Type": "AWS::IAM::User", "Properties": {}}
    template["Resources"]["HelperKey"] = {
        "Type": "AWS::IAM::AccessKey",
        "Properties": {"UserName": {"Ref": "Helper"}},
    }


@fault("security", "AWS::IAM::Policy")
def action_of_a_whole_service(policy: Json) -> None:
    """One action of S3 became all."""
    statement_on(policy, "s3:")["Action"] = "s3:*"


@fault("security", "AWS::IAM::Policy")
def action_of_a_family(policy: Json) -> None:
    """One action of SageMaker became all that create."""
    statement_on(policy, "sagemaker:")["Action"] = "sagemaker:Create*"


@fault("security", "AWS::IAM::Policy")
def action_of_everything(policy: Json) -> None:
    """A statement allows everything."""
    statements(policy)[0]["Action"] = "*"


@fault("security", "AWS::IAM::Policy")
def action_all_but_one(policy: Json) -> None:
    """A statement allows all but one action."""
    statement = statements(policy)[0]
    del statement["Action"]
    statement["NotAction"] = "iam:DeleteRole"


@fault("security", "AWS::IAM::Policy")
def objects_of_all_buckets(policy: Json) -> None:
    """Objects of one bucket became those of all."""
    statement_on(policy, "s3:GetObject")["Resource"] = "*"


@fault("security", "AWS::IAM::Policy")
def objects_of_all_prefixes(policy: Json) -> None:
    """Objects of one prefix became all of S3."""
    statement_on(policy, "s3:GetObject")["Resource"] = "arn:aws:s3:::*/*"


@fault("security", "AWS::IAM::Policy")
def keys_all(policy: Json) -> None:
    """A role may decrypt with every key."""
    statement_on(policy, "kms:")["Resource"] = "*"


@fault("security", "AWS::IAM::Policy")
def jobs_all(policy: Json) -> None:
    """A machine may make jobs of every name."""
    statement_on(policy, "sagemaker:Create")["Resource"] = "*"


@fault("security", "AWS::IAM::Policy")
def roles_all_may_be_passed(policy: Json) -> None:
    """Every role may be passed."""
    statement_on(policy, "iam:PassRole")["Resource"] = "*"


@fault("security", "AWS::IAM::Policy")
def roles_may_be_passed_to_all(policy: Json) -> None:
    """A role may be passed to every service."""
    del statement_on(policy, "iam:PassRole")["Condition"]


@fault("security", "AWS::IAM::Policy")
def metrics_of_all_namespaces(policy: Json) -> None:
    """A role may write metrics of every namespace."""
    del statement_on(policy, "cloudwatch:PutMetricData")["Condition"]


@fault("security", "AWS::IAM::Policy")
def events_of_all_sources(policy: Json) -> None:
    """A role may send events in every name."""
    del statement_on(policy, "events:PutEvents")["Condition"]


@fault("security", "AWS::IAM::Policy")
def role_may_raise_itself(policy: Json) -> None:
    """A role may give itself any policy."""
    statements(policy).append({"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"})


@template_fault("security")
def function_open_to_all_accounts(template: Json) -> None:
    """A permission to call a function says not on whose behalf."""
    _permission(template)["Properties"].pop("SourceArn")


@template_fault("security")
def function_open_to_everybody(template: Json) -> None:
    """Everybody may call a function."""
    _permission(template)["Properties"]["Principal"] = "*"


@template_fault("security")
def function_on_the_internet(template: Json) -> None:
    """A function has a URL that asks for nothing."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Function":
            properties = {"AuthType": "NONE", "TargetFunctionArn": {"Fn::GetAtt": [name, "Arn"]}}
            url = {"Type": "AWS::Lambda::Url", "Properties": properties}
            template["Resources"] = {**template["Resources"], "Open": url}
            return
    raise NotHereError("function")


@fault("security", MACHINE)
def machine_log_off(machine: Json) -> None:
    """A machine logs nothing."""
    machine["LoggingConfiguration"]["Level"] = "OFF"


@fault("security", MACHINE)
def machine_log_dropped(machine: Json) -> None:
    """A machine has no log."""
    del machine["LoggingConfiguration"]


@fault("security", MACHINE)
def machine_tracing_off(machine: Json) -> None:
    """A machine is not traced."""
    machine["TracingConfiguration"]["Enabled"] = False


@machine_fault("security")
def job_output_key_dropped(definition: Json) -> None:
    """A job's output is under no key."""
    del request(definition, _JOB)["ProcessingOutputConfig"]["KmsKeyId"]


@machine_fault("security")
def job_disk_key_dropped(definition: Json) -> None:
    """A job's disk is under no key."""
    del request(definition, _JOB)["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"]


@machine_fault("security")
def training_output_key_dropped(definition: Json) -> None:
    """A model's artefact is under no key."""
    del request(definition, _TUNING)["TrainingJobDefinition"]["OutputDataConfig"]["KmsKeyId"]


@machine_fault("security")
def training_disk_key_dropped(definition: Json) -> None:
    """A training job's disk is under no key."""
    del request(definition, _TUNING)["TrainingJobDefinition"]["ResourceConfig"]["VolumeKmsKeyId"]


@machine_fault("security")
def training_isolation_off(definition: Json) -> None:
    """A training job may call whom it likes."""
    request(definition, _TUNING)["TrainingJobDefinition"]["EnableNetworkIsolation"] = False


@machine_fault("security")
def job_traffic_in_the_clear(definition: Json) -> None:
    """Instances speak to one another in the clear."""
    request(definition, _JOB)["NetworkConfig"] = {"EnableInterContainerTrafficEncryption": False}


@machine_fault("security")
def job_outside_the_network(definition: Json) -> None:
    """A job runs outside the network."""
    del request(definition, _JOB)["NetworkConfig"]["VpcConfig"]


@machine_fault("security")
def model_isolation_off(definition: Json) -> None:
    """A model may call whom it likes."""
    request(definition, "createModel")["EnableNetworkIsolation"] = False


@machine_fault("security")
def model_isolation_dropped(definition: Json) -> None:
    """A model's isolation is forgotten."""
    del request(definition, "createModel")["EnableNetworkIsolation"]


@machine_fault("security")
def capture_key_dropped(definition: Json) -> None:
    """What is captured is under no key."""
    del request(definition, "createEndpointConfig")["DataCaptureConfig"]["KmsKeyId"]


@machine_fault("security")
def endpoint_key_dropped(definition: Json) -> None:
    """An endpoint's disks are under no key."""
    del request(definition, "createEndpointConfig")["KmsKeyId"]


@machine_fault("security")
def secret_in_a_request(definition: Json) -> None:
    """A token stands in a job's environment."""
    request(definition, _JOB)["Environment"]["TRACKING_TOKEN"] = "9f86d081884c7d65" * 2


@machine_fault("security")
def image_of_a_stranger(definition: Json) -> None:
    """A job runs an image of another account's registry."""
    stranger = "999999999999.dkr.ecr.eu-west-1.amazonaws.com/image:latest"
    request(definition, _JOB)["AppSpecification"]["ImageUri"] = stranger


@fault("security", "AWS::EC2::SecurityGroup")
def network_open_to_the_world(group: Json) -> None:
    """Everybody may come in."""
    group["SecurityGroupIngress"] = [{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}]


@template_fault("security")
def network_flow_log_deleted(template: Json) -> None:
    """Nobody knows who came."""
    name = _first(template, "AWS::EC2::FlowLog")
    del template["Resources"][name]


@template_fault("security")
def output_with_a_key(template: Json) -> None:
    """An output shows an access key."""
    template.setdefault("Outputs", {})["Key"] = {"Value": "AKIA" + "IOSFODNN7EXAMPLE"}


@machine_fault("security")
def log_of_a_token(definition: Json) -> None:
    """A password stands in a URL of a state's request."""
    for _, found in states(definition):
        variables = found.get("Parameters", {}).get("Environment")
        if variables:
            variables["MIRROR"] = "https://user:hunter2hunter2@mirror.example.com/"
            return
    raise NotHereError("Environment")


def _permission(template: Json) -> Json:
    found: Json = template["Resources"][_first(template, "AWS::Lambda::Permission")]
    return found


def _first(template: Json, kind: str) -> str:
    found: str = next(name for name, item in template["Resources"].items() if item["Type"] == kind)
    return found
