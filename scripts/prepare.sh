#!/bin/sh
# prepare.sh demo|development: everything that the demo, or work on the code, needs.
# Safe to interrupt and to repeat: a part that is ready is left alone.
set -eu
cd "$(dirname "$0")/.."

scripts/prerequisites.sh
scripts/environment.sh "$1"
scripts/cdk_cli.sh
.venv/bin/python -m localcloud.tools >/dev/null
[ "$1" = demo ] || scripts/checkov.sh
