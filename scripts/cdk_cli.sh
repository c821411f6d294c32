#!/bin/sh
# Install the pinned CDK command line in node_modules. The stamp is written last.
set -eu
cd "$(dirname "$0")/.."

stamp=node_modules/.tidewatch
if ! cmp -s package-lock.json $stamp; then
  echo "Installing the CDK command line …"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel error >&2
  cp package-lock.json $stamp
fi
