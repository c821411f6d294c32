"""What AWS publishes in CloudWatch: metrics and dimensions of the services that alarms look at.

A namespace that is not here is not known, and nothing is said about it. Where a table is not the
service's whole list (`complete` is false), only a name that is almost one of the list is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

_ALMOST = 0.85


@dataclass(frozen=True)
class Family:
    """Metrics that a service publishes under the same sets of dimensions; None where any may be."""

    names: frozenset[str]
    dimensions: tuple[frozenset[str], ...] | None = None
    complete: bool = True

    def mistaken(self, name: str) -> str | None:
        """What was meant by a name that the service does not publish; None where it does."""
        if name in self.names:
            return None
        near = get_close_matches(name, sorted(self.names), n=3, cutoff=_ALMOST)
        if near:
            return ", ".join(near)
        return ", ".join(sorted(self.names)[:8]) if self.complete else None


def _family(names: str, *dimensions: str, complete: bool = True) -> Family:
    """A family written down: words, and a word list for each set of dimensions (`-`: none)."""
    sets = tuple(frozenset(some.replace("-", "").split()) for some in dimensions)
    return Family(frozenset(names.split()), sets or None, complete)


_INSTANCES = """CPUUtilization MemoryUtilization DiskUtilization GPUUtilization
    GPUMemoryUtilization CPUUtilizationNormalized MemoryUtilizationNormalized
    GPUUtilizationNormalized GPUMemoryUtilizationNormalized CPUReservation MemoryReservation
    GPUReservation LoadedModelCount"""
_ENDPOINT = (
    "EndpointName VariantName",
    "EndpointName VariantName ContainerName",
    "EndpointName VariantName InstanceId",
    "EndpointName VariantName TargetModel",
    "EndpointName VariantName ModelName",
    "EndpointName",
    "InferenceComponentName",
    "InferenceComponentName InstanceId",
    "InferenceComponentName InstanceId ContainerId",
)

NAMESPACES: Mapping[str, Family] = {
    "AWS/SageMaker": _family(
        """Invocations InvocationsPerInstance InvocationsPerCopy Invocation4XXErrors
        Invocation5XXErrors InvocationModelErrors ModelLatency OverheadLatency ModelSetupTime
        ContainerLatency ConcurrentRequestsPerModel ConcurrentRequestsPerCopy
        ModelLoadingWaitTime ModelUnloadingTime ModelDownloadingTime ModelLoadingTime
        ModelCacheHit LoadedModelCount MidStreamErrors FirstChunkLatency FirstChunkModelLatency
        FirstChunkOverheadLatency ApproximateBacklogSize ApproximateBacklogSizePerInstance
        ApproximateAgeOfOldestRequest HasBacklogWithoutCapacity InvocationsProcessed
        InvocationFailures TimeInBacklog TotalProcessingTime ExpiredRequests""",
        complete=False,
    ),
    "/aws/sagemaker/Endpoints": _family(_INSTANCES, *_ENDPOINT, complete=False),
    "/aws/sagemaker/ProcessingJobs": _family(_INSTANCES, "Host", complete=False),
    "/aws/sagemaker/TrainingJobs": _family(_INSTANCES, complete=False),
    "/aws/sagemaker/TransformJobs": _family(_INSTANCES, "Host", complete=False),
    "AWS/Lambda": _family(
        """Invocations Errors DeadLetterErrors DestinationDeliveryFailures Throttles
        ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations
        RecursiveInvocationsDropped Duration PostRuntimeExtensionsDuration IteratorAge
        OffsetLag ConcurrentExecutions ProvisionedConcurrentExecutions
        ProvisionedConcurrencyUtilization UnreservedConcurrentExecutions ClaimedAccountConcurrency
        AsyncEventsReceived AsyncEventAge AsyncEventsDropped SignatureValidationErrors
        PolledEventCount InvokedEventCount FilteredOutEventCount FailedInvokeEventCount
        DeletedEventCount DroppedEventCount OnFailureDestinationDeliveredEventCount
        UrlRequestCount UrlRequestLatency Url4xxCount Url5xxCount""",
        "-",
        "FunctionName",
        "FunctionName Resource",
        "FunctionName ExecutedVersion Resource",
        "ExecutedVersion FunctionName",
        "EventSourceMappingUUID",
        "Resource",
        complete=False,
    ),
    "AWS/States": _family(
        """ExecutionTime ExecutionThrottled ExecutionsAborted ExecutionsFailed
        ExecutionsStarted ExecutionsSucceeded ExecutionsTimedOut ExecutionsRedriven
        RedrivenExecutionsAborted RedrivenExecutionsFailed RedrivenExecutionsSucceeded
        RedrivenExecutionsTimedOut ActivityRunTime ActivityScheduleTime ActivityTime
        ActivitiesFailed ActivitiesHeartbeatTimedOut ActivitiesScheduled ActivitiesStarted
        ActivitiesSucceeded ActivitiesTimedOut LambdaFunctionRunTime LambdaFunctionScheduleTime
        LambdaFunctionTime LambdaFunctionsFailed LambdaFunctionsScheduled LambdaFunctionsStarted
        LambdaFunctionsSucceeded LambdaFunctionsTimedOut ServiceIntegrationRunTime
        ServiceIntegrationScheduleTime ServiceIntegrationTime ServiceIntegrationsFailed
        ServiceIntegrationsScheduled ServiceIntegrationsStarted ServiceIntegrationsSucceeded
        ServiceIntegrationsTimedOut ThrottledEvents ProvisionedBucketSize ProvisionedRefillRate
        ConsumedCapacity ExpressExecutionBilledDuration ExpressExecutionBilledMemory
        ExpressExecutionMemory OpenExecutionCount OpenExecutionLimit MapRunsStarted
        MapRunsSucceeded MapRunsFailed MapRunsAborted ApproximateOpenMapRunCount
        OpenMapRunLimit ApproximateMapRunBacklogSize""",
        "StateMachineArn",
        "ActivityArn",
        "LambdaFunctionArn",
        "ServiceIntegrationResourceArn",
        "APIName",
        "ServiceMetric",
        "StateMachineArn Version",
        "StateMachineArn Alias",
        "-",
        complete=False,
    ),
    "AWS/SQS": _family(
        """ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed
        ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesVisible
        ApproximateNumberOfGroupsWithInflightMessages ApproximateNumberOfNoisyGroups
        NumberOfEmptyReceives NumberOfDeduplicatedSentMessages NumberOfMessagesDeleted
        NumberOfMessagesReceived NumberOfMessagesSent SentMessageSize""",
        "QueueName",
        complete=False,
    ),
    "AWS/SNS": _family(
        """NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed
        NumberOfNotificationsFilteredOut NumberOfNotificationsFilteredOut-InvalidAttributes
        NumberOfNotificationsFilteredOut-NoMessageAttributes
        NumberOfNotificationsFilteredOut-InvalidMessageBody
        NumberOfNotificationsFilteredOut-MessageBody
        NumberOfNotificationsFilteredOut-MessageAttributes
        NumberOfNotificationsRedrivenToDlq NumberOfNotificationsFailedToRedriveToDlq
        PublishSize SMSMonthToDateSpentUSD SMSSuccessRate""",
        "TopicName",
        "-",
        "Application",
        "Application Platform",
        "Country",
        "SMSType",
        "Platform",
        "Country SMSType",
        "PhoneNumber",
        complete=False,
    ),
    "AWS/Events": _family(
        """DeadLetterInvocations Events EventsPublished FailedInvocations
        IngestionToInvocationCompleteLatency IngestionToInvocationStartLatency
        IngestionToInvocationSuccessLatency InvocationAttempts Invocations InvocationsCreated
        InvocationsFailedToBeSentToDlq InvocationsSentToDlq MatchedEvents
        PutEventsApproximateCallCount PutEventsApproximateFailedCount
        PutEventsApproximateSuccessCount PutEventsApproximateThrottledCount
        PutEventsEntriesCount PutEventsFailedEntriesCount PutEventsLatency PutEventsRequestSize
        PutPartnerEventsApproximateCallCount RetryInvocationAttempts
        SuccessfulInvocationAttempts ThrottledRules TriggeredRules""",
        "-",
        "RuleName",
        "EventBusName",
        "EventBusName RuleName",
        "EventSourceName",
        complete=False,
    ),
    "AWS/Scheduler": _family(
        """InvocationAttemptCount InvocationDroppedCount InvocationThrottleCount
        InvocationsFailedToBeSentToDeadLetterCount InvocationsSentToDeadLetterCount
        InvocationsSentToDeadLetterCount_Truncated_MessageSizeExceeded TargetErrorCount
        TargetErrorThrottledCount""",
        "-",
        "ScheduleGroup",
        complete=False,
    ),
    "AWS/S3": _family(
        """BucketSizeBytes NumberOfObjects AllRequests GetRequests PutRequests DeleteRequests
        HeadRequests PostRequests SelectRequests SelectBytesScanned SelectBytesReturned
        ListRequests BytesDownloaded BytesUploaded 4xxErrors 5xxErrors FirstByteLatency
        TotalRequestLatency ReplicationLatency BytesPendingReplication
        OperationsPendingReplication OperationsFailedReplication""",
        complete=False,
    ),
    "AWS/KMS": _family("SecondsUntilKeyMaterialExpiration SuccessfulRequest", complete=False),
    "AWS/Prometheus": _family(
        """DiscardedSamples RuleEvaluations RuleEvaluationFailures
        RuleGroupIterationsMissed RuleGroupLastEvaluationDuration
        AlertManagerAlertsReceived AlertManagerNotificationsFailed
        AlertManagerNotificationsThrottled ActiveSeries IngestionRate
        QueryMetricsTPS RemoteWriteTPS SizeOfAlertManagerActiveAlerts QuerySamplesProcessed
        SeriesIngested""",
        complete=False,
    ),
    "AWS/ES": _family(
        """ClusterStatus.green ClusterStatus.yellow ClusterStatus.red Shards.active Nodes
        SearchableDocuments DeletedDocuments CPUUtilization FreeStorageSpace ClusterUsedSpace
        ClusterIndexWritesBlocked JVMMemoryPressure OldGenJVMMemoryPressure
        AutomatedSnapshotFailure CPUCreditBalance OpenSearchDashboardsHealthyNodes KMSKeyError
        KMSKeyInaccessible InvalidHostHeaderRequests OpenSearchRequests 2xx 3xx 4xx 5xx
        MasterCPUUtilization MasterFreeStorageSpace MasterJVMMemoryPressure
        MasterReachableFromNode ReadLatency WriteLatency ReadThroughput WriteThroughput
        DiskQueueDepth ReadIOPS WriteIOPS SearchLatency SearchRate IndexingLatency IndexingRate
        ThreadpoolSearchQueue ThreadpoolSearchRejected ThreadpoolWriteQueue
        ThreadpoolWriteRejected SysMemoryUtilization""",
        complete=False,
    ),
    "AWS/AOSS": _family(
        """2xx 4xx 5xx ActiveCollection DeletedDocuments HotStorageUsed IndexingOCU
        IngestionDataRate IngestionDocumentErrors IngestionDocumentRate IngestionRequestErrors
        IngestionRequestLatency IngestionRequestRate IngestionRequestSuccess
        SearchableDocuments SearchOCU SearchRequestErrors SearchRequestLatency
        SearchRequestRate StorageUsedInS3""",
        complete=False,
    ),
    "AWS/Athena": _family(
        """TotalExecutionTime QueryQueueTime EngineExecutionTime QueryPlanningTime
        ServiceProcessingTime ServicePreProcessingTime ProcessedBytes DPUAllocated DPUConsumed
        DPUCount""",
        complete=False,
    ),
    "AWS/Logs": _family(
        """IncomingBytes IncomingLogEvents ForwardedBytes ForwardedLogEvents DeliveryErrors
        DeliveryThrottling EMFParsingErrors EMFValidationErrors LogEventsWithFindings CallCount
        ErrorCount ThrottleCount AnomalyCount TransformedBytes TransformedLogEvents
        TransformationErrors""",
        complete=False,
    ),
    "AWS/ApplicationELB": _family(
        """ActiveConnectionCount ClientTLSNegotiationErrorCount ConsumedLCUs
        DesyncMitigationMode_NonCompliant_Request_Count ForwardedInvalidHeaderRequestCount
        HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count HTTPCode_ELB_5XX_Count
        HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count
        HTTPCode_ELB_504_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count
        HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count HTTP_Fixed_Response_Count
        HTTP_Redirect_Count IPv6ProcessedBytes IPv6RequestCount NewConnectionCount
        ProcessedBytes RejectedConnectionCount RequestCount RuleEvaluations HealthyHostCount
        UnHealthyHostCount RequestCountPerTarget TargetConnectionErrorCount
        TargetResponseTime TargetTLSNegotiationErrorCount LambdaInternalError LambdaUserError
        LambdaTargetProcessedBytes NonStickyRequestCount AnomalousHostCount MitigatedHostCount
        HealthyStateDNS HealthyStateRouting UnhealthyStateDNS UnhealthyStateRouting
        UnhealthyRoutingRequestCount GrpcRequestCount PeakLCUs ELBAuthError ELBAuthFailure
        ELBAuthLatency ELBAuthSuccess""",
        complete=False,
    ),
    "AWS/DynamoDB": _family(
        """ConditionalCheckFailedRequests ConsumedReadCapacityUnits ConsumedWriteCapacityUnits
        ProvisionedReadCapacityUnits ProvisionedWriteCapacityUnits ReadThrottleEvents
        WriteThrottleEvents ThrottledRequests SuccessfulRequestLatency SystemErrors UserErrors
        ReturnedItemCount ReturnedBytes TimeToLiveDeletedItemCount TransactionConflict
        AccountMaxReads AccountMaxWrites ReplicationLatency AgeOfOldestUnreplicatedRecord""",
        complete=False,
    ),
    "AWS/Billing": _family("EstimatedCharges", complete=False),
    "AWS/CodeBuild": _family(
        """BuildDuration Builds Duration DownloadSourceDuration FailedBuilds FinalizingDuration
        InstallDuration PostBuildDuration PreBuildDuration ProvisioningDuration QueuedDuration
        SubmittedDuration SucceededBuilds UploadArtifactsDuration""",
        complete=False,
    ),
    "AWS/EMRServerless": _family(
        """CPUAllocated IdleWorkerCount MaxCPUAllowed MaxMemoryAllowed MaxStorageAllowed
        MemoryAllocated PendingCreationWorkerCount RunningWorkerCount StorageAllocated
        TotalWorkerCount RunningJobs PendingJobs ScheduledJobs SubmittedJobs SuccessJobs
        FailedJobs CancelledJobs CancellingJobs QueuedJobs""",
        complete=False,
    ),
    "AWS/Firehose": _family(
        """DeliveryToS3.Success DeliveryToS3.DataFreshness DeliveryToS3.Records
        DeliveryToS3.Bytes IncomingBytes IncomingRecords BackupToS3.Success
        BackupToS3.DataFreshness ThrottledRecords FailedConversion.Records
        SucceedConversion.Records""",
        complete=False,
    ),
}

# Of an endpoint's variants, these are published for the endpoint and its variant together only.
PER_VARIANT = frozenset(
    {
        "Invocations",
        "InvocationsPerInstance",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "InvocationModelErrors",
        "ModelLatency",
        "OverheadLatency",
    }
)

# Published by an agent or a service that needs no code of the assembly.
OTHERS = frozenset(
    {"CWAgent", "ContainerInsights", "ECS/ContainerInsights", "Glue", "LambdaInsights"}
)
