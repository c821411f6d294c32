"""SageMaker jobs and models: under a key, ended in time, alone on their network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.encryption import customer_managed
from gate.posture.tasks import Request, requests
from gate.reading import is_given, is_true, mappings, number, parts, within

# Where a request names the key of what it writes, and of the disk that it works on.
_OUTPUT_KEYS = {
    "createProcessingJob": "ProcessingOutputConfig.KmsKeyId",
    "createTrainingJob": "OutputDataConfig.KmsKeyId",
    "createTransformJob": "TransformOutput.KmsKeyId",
    "createEndpointConfig": "DataCaptureConfig.KmsKeyId",
}
_DISKS = {
    "createProcessingJob": "ProcessingResources.ClusterConfig",
    "createTrainingJob": "ResourceConfig",
    "createTransformJob": "TransformResources",
}
# Families with disks of their own, which their hardware encrypts; SageMaker refuses a key.
_OWN_DISK = re.compile(r"ml\.(?:[a-z]+\d+[a-z]*d[a-z]*|g\d+\w*|p[3-9]\w+|trn\w+|inf2\w*)\.")
_RUNNING = ("createProcessingJob", "createTrainingJob")
_IN_NETWORKS = ("createProcessingJob", "createTrainingJob", "createModel")
_SHORTEST = 300
_MANY = 3


def output_key(assembly: Assembly) -> Iterator[Finding]:
    """What a job writes, and what an endpoint captures, is under a customer-managed key."""
    for request in requests(assembly):
        path = _OUTPUT_KEYS.get(request.operation)
        whole = within(request.body, path.rsplit(".", 1)[0]) if path else None
        needed = request.operation != "createEndpointConfig" or is_given(whole)
        if path and needed and not customer_managed(within(request.body, path)):
            yield request.finding("posture.job-output-key", f"{path} is missing: name a KMS key")


def disk_key(assembly: Assembly) -> Iterator[Finding]:
    """A job's disk is under a customer-managed key, unless the instance brings its own disk."""
    for request in requests(assembly):
        path = _DISKS.get(request.operation)
        cluster = within(request.body, path) if path else None
        if path is None:
            continue
        key = within(cluster, "VolumeKmsKeyId")
        kind = str(within(cluster, "InstanceType"))
        if key is None and not _OWN_DISK.match(kind):
            yield request.finding(
                "posture.job-disk-key", f"{path}.VolumeKmsKeyId is missing: name a KMS key"
            )
        elif key is not None and _OWN_DISK.match(kind):
            yield request.finding(
                "posture.job-disk-key",
                f"{kind} has a disk of its own, for which SageMaker refuses VolumeKmsKeyId: "
                "leave it out",
            )


def endpoint_disk_key(assembly: Assembly) -> Iterator[Finding]:
    """An endpoint's disks are under a customer-managed key."""
    for request in requests(assembly):
        if request.operation == "createEndpointConfig" and not customer_managed(
            request.body.get("KmsKeyId")
        ):
            kinds = [
                str(variant.get("InstanceType"))
                for variant in mappings(request.body.get("ProductionVariants"))
            ]
            if not kinds or not all(_OWN_DISK.match(kind) for kind in kinds):
                yield request.finding(
                    "posture.endpoint-disk-key", "KmsKeyId is missing: name a KMS key"
                )


def stops(assembly: Assembly) -> Iterator[Finding]:
    """A job has a longest run, long enough to start at all."""
    for request in requests(assembly):
        if request.operation not in _RUNNING:
            continue
        given = within(request.body, "StoppingCondition.MaxRuntimeInSeconds")
        longest = number(given)
        if given is None:
            yield request.finding(
                "posture.job-stops",
                "StoppingCondition.MaxRuntimeInSeconds is missing: a job that hangs is paid for "
                "by the day",
            )
        elif longest is not None and longest < _SHORTEST:
            yield request.finding(
                "posture.job-stops",
                f"MaxRuntimeInSeconds is {longest:g}: an instance takes minutes to start; "
                "is it in minutes?",
            )


def between_instances(assembly: Assembly) -> Iterator[Finding]:
    """Instances of one job speak to one another in cipher."""
    for request in requests(assembly):
        cluster = within(request.body, _DISKS.get(request.operation, "-"))
        count = within(cluster, "InstanceCount")
        several = isinstance(count, str) or (number(count) or 1) > 1
        flags = {
            key: value
            for part in parts(request.body)
            for key, value in part.items()
            if key == "EnableInterContainerTrafficEncryption"
        }
        if request.operation in _RUNNING and several and not any(map(is_true, flags.values())):
            yield request.finding(
                "posture.job-traffic",
                "several instances, and EnableInterContainerTrafficEncryption is not true",
            )


def spot_has_time(assembly: Assembly) -> Iterator[Finding]:
    """A spot job may wait, at least as long as it may run, and resumes where it was."""
    for request in requests(assembly):
        if not is_true(request.body.get("EnableManagedSpotTraining")):
            continue
        waits = number(within(request.body, "StoppingCondition.MaxWaitTimeInSeconds"))
        runs = number(within(request.body, "StoppingCondition.MaxRuntimeInSeconds"))
        if waits is None or (runs is not None and waits < runs):
            yield request.finding(
                "posture.job-spot",
                "spot capacity is asked for, but MaxWaitTimeInSeconds is not at least "
                "MaxRuntimeInSeconds: SageMaker refuses the job",
            )


def peers_in_network(assembly: Assembly) -> Iterator[Finding]:
    """Where most requests of one operation stay in a VPC, all of them do."""
    for habit in ("VpcConfig", "ExperimentConfig"):
        groups: dict[str, list[Request]] = {}
        for request in requests(assembly):
            groups.setdefault(request.operation, []).append(request)
        for operation, peers in groups.items():
            lacking = [peer for peer in peers if not _has(peer, habit)]
            having = len(peers) - len(lacking)
            if having > 1 and having > len(lacking):
                for peer in lacking:
                    yield peer.finding(
                        "posture.job-odd", f"{habit} is not set, though most {operation} set it"
                    )


def peers_of_other_kinds_in_network(assembly: Assembly) -> Iterator[Finding]:
    """Where most of what a stage runs stays in a VPC, whatever may call out does too."""
    known = [request for request in requests(assembly) if request.operation in _IN_NETWORKS]
    outside = [request for request in known if not _has(request, "VpcConfig")]
    if len(known) - len(outside) <= len(outside) or len(known) - len(outside) < _MANY:
        return
    for request in outside:
        cut_off = any(is_true(part.get("EnableNetworkIsolation")) for part in parts(request.body))
        if not cut_off:
            yield request.finding(
                "posture.job-network",
                f"VpcConfig is not set, though {len(known) - len(outside)} of {len(known)} jobs "
                "and models run in a network: its code would have the internet open to it",
            )


def _has(request: Request, member: str) -> bool:
    return any(is_given(part.get(member)) for part in parts(request.body))


RULES: tuple[Rule, ...] = (
    output_key,
    disk_key,
    endpoint_disk_key,
    stops,
    between_instances,
    spot_has_time,
    peers_in_network,
    peers_of_other_kinds_in_network,
)
