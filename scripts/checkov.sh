#!/bin/sh
# Build .tools/checkov, the environment of the gate's checkov, from its lock file.
# The stamp is removed first and written last, so an environment without one is built anew.
set -eu
cd "$(dirname "$0")/.."

home=.tools/checkov
lock=requirements/checkov.txt
if cmp -s "$lock" "$home/.tidewatch" && "$home/bin/python" -c '' 2>/dev/null; then
  exit
fi

echo "Installing checkov in $home …"
uv="$(scripts/uv.sh)"
export UV_PYTHON_DOWNLOADS=never
rm -rf "$home"
"$uv" venv --quiet --python "$(scripts/python.sh)" "$home"
"$uv" pip sync --quiet --python "$home/bin/python" --require-hashes --compile-bytecode "$lock"
cp "$lock" "$home/.tidewatch"
