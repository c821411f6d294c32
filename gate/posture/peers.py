"""What most resources of a kind have and one has not is seldom meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, within

_FEWEST = 2


def odd_ones_out(peers: Iterable[Resource], has: Callable[[Resource], bool]) -> list[Resource]:
    """Those that have it not, where more than half of at least three do."""
    all_of_them = list(peers)
    lacking = [peer for peer in all_of_them if not has(peer)]
    having = len(all_of_them) - len(lacking)
    return lacking if having >= _FEWEST and having > len(lacking) else []


@dataclass(frozen=True)
class SharedHabit:
    """Resources of `type` set the property at `path`, if most of them do."""

    rule: str
    type: str
    path: str
    why: str

    def __call__(self, assembly: Assembly) -> Iterator[Finding]:
        """A finding for each resource that breaks the habit of its peers."""
        for resource in odd_ones_out(assembly.resources(self.type), self._set):
            yield resource.finding(
                self.rule, f"{self.path} is not set, though its peers set it: {self.why}"
            )

    def _set(self, resource: Resource) -> bool:
        return is_given(within(resource.properties, self.path))


HABITS: tuple[SharedHabit, ...] = (
    SharedHabit(
        "posture.function-timeout",
        "AWS::Lambda::Function",
        "Timeout",
        "the default of 3 s ends most calls to other services",
    ),
    SharedHabit(
        "posture.function-memory",
        "AWS::Lambda::Function",
        "MemorySize",
        "128 MB is the default, and seldom enough",
    ),
    SharedHabit(
        "posture.function-log-group",
        "AWS::Lambda::Function",
        "LoggingConfig.LogGroup",
        "a log group that Lambda makes keeps logs for ever",
    ),
    SharedHabit(
        "posture.function-tracing",
        "AWS::Lambda::Function",
        "TracingConfig.Mode",
        "a trace would end at this function",
    ),
    SharedHabit(
        "posture.function-concurrency",
        "AWS::Lambda::Function",
        "ReservedConcurrentExecutions",
        "one function may take all the account's concurrency",
    ),
    SharedHabit(
        "posture.function-key",
        "AWS::Lambda::Function",
        "KmsKeyArn",
        "its environment would be under a key that AWS owns",
    ),
    SharedHabit(
        "posture.log-group-key",
        "AWS::Logs::LogGroup",
        "KmsKeyId",
        "its logs would be under a key that AWS owns",
    ),
    SharedHabit(
        "posture.queue-key",
        "AWS::SQS::Queue",
        "KmsMasterKeyId",
        "its messages would be under a key that AWS owns",
    ),
    SharedHabit(
        "posture.machine-key",
        "AWS::StepFunctions::StateMachine",
        "EncryptionConfiguration.KmsKeyId",
        "its executions would be under a key that AWS owns",
    ),
    SharedHabit(
        "posture.schedule-key",
        "AWS::Scheduler::Schedule",
        "KmsKeyArn",
        "its input would be under a key that AWS owns",
    ),
    SharedHabit(
        "posture.permissions-boundary",
        "AWS::IAM::Role",
        "PermissionsBoundary",
        "the role could be given more than its account allows",
    ),
)
