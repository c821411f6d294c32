#!/bin/sh
# environment.sh demo|development: build .venv from its lock file.
# The stamp is removed first and written last, so an environment without one is built anew.
set -eu
cd "$(dirname "$0")/.."

digest() { cksum <"$1" | cut -d ' ' -f 1; }

stamp=.venv/.tidewatch
demo="demo $(digest requirements/demo.txt)"
development="development $(digest requirements.txt)"
case "$1" in
demo) lock=requirements/demo.txt wanted="$demo" ;;
development) lock=requirements.txt wanted="$development" ;;
*) echo "environment.sh: found '$1'; expected demo or development" >&2 && exit 2 ;;
esac

# What development installs holds all that the demo needs.
found="$(cat $stamp 2>/dev/null || echo none)"
if .venv/bin/python -c '' 2>/dev/null; then
  [ "$found" != "$wanted" ] && [ "$found" != "$development" ] || exit 0
else
  found=none
fi

uv="$(scripts/uv.sh)"
export UV_PYTHON_DOWNLOADS=never
if [ "$found" = none ]; then
  rm -rf .venv
  "$uv" venv --quiet --python "$(scripts/python.sh)" .venv
fi
rm -f $stamp
echo "Installing the $1 environment in .venv …"
# Compiled at once: many short processes start from it, each in half the time.
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode "$lock"
# The project itself, for its command `tidewatch`.
"$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
echo "$wanted" >$stamp
