"""What services of AWS send to EventBridge, as far as the list is sure.

`SENT` has the kinds of events by their source, `DETAILS` the values of one field by the kind, the
field with dots where it lies deeper. Any
service's calls are sent besides, as `OF_TRAIL`.
"""

from __future__ import annotations

from collections.abc import Mapping

OF_TRAIL = {
    "AWS API Call via CloudTrail",
    "AWS Console Sign In via CloudTrail",
    "AWS Service Event via CloudTrail",
    "AWS Insight via CloudTrail",
}

SENT: Mapping[str, set[str]] = {
    "aws.sagemaker": {
        "HyperPod Cluster Event",
        "SageMaker Action State Change",
        "SageMaker AlgorithmState Change",
        "SageMaker Cluster Node Health Event",
        "SageMaker Endpoint Config State Change",
        "SageMaker Endpoint Deployment State Change",
        "SageMaker Endpoint State Change",
        "SageMaker Feature Group State Change",
        "SageMaker HyperParameter Tuning Job State Change",
        "SageMaker HyperPod Cluster Event",
        "SageMaker HyperPod Cluster Node Health Event",
        "SageMaker HyperPod Cluster State Change",
        "SageMaker Image State Change",
        "SageMaker Image Version State Change",
        "SageMaker Inference Component State Change",
        "SageMaker Inference Experiment State Change",
        "SageMaker Ground Truth Labeling Job State Change",
        "SageMaker Model Building Pipeline Execution Status Change",
        "SageMaker Model Building Pipeline Execution Step Status Change",
        "SageMaker Model Card State Change",
        "SageMaker Model Package State Change",
        "SageMaker Model State Change",
        "SageMaker Pipeline Execution Status Change",
        "SageMaker Processing Job State Change",
        "SageMaker Training Job State Change",
        "SageMaker Transform Job State Change",
    },
    "aws.states": {"Step Functions Execution Status Change"},
    "aws.cloudwatch": {
        "CloudWatch Alarm State Change",
        "CloudWatch Alarm Configuration Change",
        "CloudWatch Dashboard State Change",
    },
    "aws.codebuild": {"CodeBuild Build State Change", "CodeBuild Build Phase Change"},
    "aws.s3": {
        "Object ACL Updated",
        "Object Access Tier Changed",
        "Object Created",
        "Object Deleted",
        "Object Restore Completed",
        "Object Restore Expired",
        "Object Restore Initiated",
        "Object Storage Class Changed",
        "Object Tags Added",
        "Object Tags Deleted",
    },
    "aws.ecr": {
        "ECR Image Action",
        "ECR Image Scan",
        "ECR Pull Through Cache Action",
        "ECR Referrer Action",
        "ECR Replication Action",
        "ECR Scan Resource Change",
    },
}

DETAILS: Mapping[str, tuple[str, set[str]]] = {
    "Step Functions Execution Status Change": (
        "status",
        {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"},
    ),
    "CloudWatch Alarm State Change": ("state.value", {"OK", "ALARM", "INSUFFICIENT_DATA"}),
    "SageMaker Model Package State Change": (
        "ModelApprovalStatus",
        {"Approved", "Rejected", "PendingManualApproval"},
    ),
    "SageMaker Training Job State Change": (
        "TrainingJobStatus",
        {"InProgress", "Completed", "Failed", "Stopping", "Stopped"},
    ),
    "SageMaker Processing Job State Change": (
        "ProcessingJobStatus",
        {"InProgress", "Completed", "Failed", "Stopping", "Stopped"},
    ),
    "SageMaker Transform Job State Change": (
        "TransformJobStatus",
        {"InProgress", "Completed", "Failed", "Stopping", "Stopped"},
    ),
    "CodeBuild Build State Change": (
        "build-status",
        {"IN_PROGRESS", "SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT"},
    ),
}
