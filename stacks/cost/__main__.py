"""What a stage costs a month: `python -m stacks.cost prod`, or `make cost STAGE=prod`.

Standing costs are counted in the stage's templates; the rest follows from its configuration and
from a volume that you may name.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk

from stacks.cost.line import Line
from stacks.cost.prices import PRICES, Prices
from stacks.cost.report import report
from stacks.cost.running import Volume, running
from stacks.cost.standing import standing
from stacks.platform import add_platform
from tidewatch.core.config import Config, load_config
from tidewatch.core.errors import ConfigError

_PROJECT = Path(__file__).parents[2]
_USUAL = "us-east-1"


def main() -> None:
    """Print the estimate of the stage that the command line names."""
    asked = _arguments()
    try:
        config = load_config(_PROJECT / "config", asked.stage)
    except ConfigError as error:
        sys.exit(str(error))
    region = asked.region or config.stage.region or _USUAL
    if region not in PRICES:
        print(f"No prices of {region} here; those of {_USUAL} instead.", file=sys.stderr)
    prices = PRICES.get(region, PRICES[_USUAL])
    volume = Volume(
        predictions_a_day=asked.predictions,
        trainings_a_month=asked.trainings,
        trial=timedelta(minutes=asked.trial_minutes),
    )
    lines = [*_standing(config, prices), *running(config, volume, prices)]
    print(report(lines, _words(volume), prices.region))


def _arguments() -> argparse.Namespace:
    usual = Volume()
    parser = argparse.ArgumentParser(prog="python -m stacks.cost", description=__doc__)
    parser.add_argument("stage", help="a file in config/stages, without its ending")
    parser.add_argument("--region", help=f"whose prices to take: {', '.join(PRICES)}")
    parser.add_argument(
        "--predictions", type=int, default=usual.predictions_a_day, help="a day and model"
    )
    parser.add_argument(
        "--trainings", type=float, default=usual.trainings_a_month, help="a month and model"
    )
    parser.add_argument(
        "--trial-minutes", type=float, default=usual.trial / timedelta(minutes=1), help="each"
    )
    return parser.parse_args()


def _words(volume: Volume) -> list[str]:
    return [
        f"{volume.predictions_a_day:,} predictions a day",
        f"{volume.trainings_a_month:g} trainings a month; a trial takes {_minutes(volume.trial)}",
        f"a job takes {_minutes(volume.job)} besides its start",
        f"{volume.builds_a_month} builds of the images a month",
    ]


def _minutes(time: timedelta) -> str:
    return f"{time / timedelta(minutes=1):g} min"


def _standing(config: Config, prices: Prices) -> list[Line]:
    context = json.loads((_PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    with TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, context=context)
        stage = add_platform(app, config=config, image_tag="any")
        return [
            line
            for stack in stage.synth().stacks
            for line in standing(
                stack.stack_name.removeprefix(f"tidewatch-{config.stage.name}-"),
                stack.template,
                prices,
            )
        ]


if __name__ == "__main__":
    main()
