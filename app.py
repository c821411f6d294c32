#!/usr/bin/env python3
"""The CDK app: reads the configuration of one or more stages and builds their stacks.

`cdk deploy 'tidewatch-prod/*' -c stage=prod`; `-c stage=dev,prod` makes one assembly of both, for a
pipeline to promote. A stage that does not build its own images runs those of the tag in the context
value `image_tag`.
"""

import sys
from pathlib import Path

import aws_cdk as cdk

from stacks.platform import add_platform
from tidewatch.core.config import load_config
from tidewatch.core.errors import ConfigError

app = cdk.App()
for stage in str(app.node.try_get_context("stage")).split(","):
    try:
        config = load_config(Path(__file__).parent / "config", stage)
    except ConfigError as error:
        sys.exit(f"The configuration of stage {stage!r} is wrong; nothing was created.\n{error}")
    add_platform(app, config=config, image_tag=app.node.try_get_context("image_tag"))
app.synth()
