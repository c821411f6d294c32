"""When a state machine is started, and what becomes of a start that fails."""

from __future__ import annotations

from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from tidewatch.core.config.schedule import Schedule

_ATTEMPTS = 3
# A start that is later than this is of no use: the next one judges the same windows.
_LATEST_START = cdk.Duration.hours(1)


class MonitoringSchedule(Construct):
    """Starts `machine` for all windows that are due: by `schedule`, or else every `rate`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine: sfn.IStateMachine,
        schedule: Schedule | None,
        rate: timedelta,
        undelivered: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        spread = schedule.spread if schedule else None
        scheduler.Schedule(
            self,
            "Schedule",
            schedule=_cron(schedule) if schedule else _every(rate),
            time_window=scheduler.TimeWindow.flexible(_minutes(spread))
            if spread
            else scheduler.TimeWindow.off(),
            target=targets.StepFunctionsStartExecution(
                machine,
                input=scheduler.ScheduleTargetInput.from_object({"window": "due"}),
                dead_letter_queue=undelivered,
                retry_attempts=_ATTEMPTS,
                max_event_age=_LATEST_START,
            ),
        )


def _every(rate: timedelta) -> scheduler.ScheduleExpression:
    return scheduler.ScheduleExpression.rate(_minutes(rate))


def _cron(schedule: Schedule) -> scheduler.ScheduleExpression:
    hour, _, minute = schedule.at.partition(":")
    zone = cdk.TimeZone.of(schedule.time_zone)
    if schedule.every == "hour":
        return scheduler.ScheduleExpression.cron(minute=str(int(minute)), time_zone=zone)
    days = {"week_day": schedule.on} if schedule.every == "week" else {}
    return scheduler.ScheduleExpression.cron(
        minute=str(int(minute)), hour=str(int(hour)), time_zone=zone, **days
    )


def _minutes(length: timedelta) -> cdk.Duration:
    return cdk.Duration.minutes(length // timedelta(minutes=1))
