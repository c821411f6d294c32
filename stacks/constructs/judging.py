"""The monitors side by side: one that fails for good ends neither the other nor unheard."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl

_FAILURE = "failure"


class Judging(Construct):
    """Runs each monitor's states to their end, and fails after that where one of them failed.

    Step Functions would stop all branches with the first that fails. So each branch keeps its
    failure, at `$.failure`, and the execution ends with that: a monitor's failure by itself is
    told as it is.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, monitors: Mapping[str, sfn.IChainable]
    ) -> None:
        super().__init__(scope, construct_id)
        together = sfn.Parallel(self, "Judge windows")
        for monitor, chain in monitors.items():
            _catch_all(chain, sfn.Pass(self, f"Keep failure of {monitor}"))
            together.branch(chain)
        self.chain = together.next(self._outcome(list(monitors)))

    def _outcome(self, monitors: list[str]) -> sfn.Choice:
        kept = [f"$[{index}].{_FAILURE}" for index in range(len(monitors))]
        failed = [sfn.Condition.is_present(path) for path in kept]
        causes = "; ".join(f"{monitor}: {{}}" for monitor in monitors)
        all_failed = sfn.Fail(
            self,
            "All monitors failed",
            error="MonitorsFailed",
            cause_path=asl.joined(causes, *(f"{path}.Cause" for path in kept)),
        )
        choice = sfn.Choice(self, "Did all judge?").when(sfn.Condition.and_(*failed), all_failed)
        for monitor, path, has_failed in zip(monitors, kept, failed, strict=True):
            end = sfn.Fail(
                self,
                f"{monitor} failed",
                error_path=f"{path}.Error",
                cause_path=f"{path}.Cause",
            )
            choice.when(has_failed, end)
        return choice.otherwise(sfn.Succeed(self, "Windows judged"))


def _catch_all(chain: sfn.IChainable, kept: sfn.Pass) -> None:
    """Whichever job of `chain` fails for good, go on to `kept`."""
    for state in sfn.State.find_reachable_states(chain.start_state):
        if isinstance(state, sfn.CustomState):
            state.add_catch(kept, result_path=f"$.{_FAILURE}")
