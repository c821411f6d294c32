#!/bin/sh
# Print the path of uv: the one on PATH, else a pinned one of our own in .tools/.
set -eu
cd "$(dirname "$0")/.."

if command -v uv; then
  exit
fi

home=.tools/uv
if ! [ -e "$home/.complete" ]; then
  echo "Installing uv …" >&2
  rm -rf "$home"
  "$(scripts/python.sh)" -m venv "$home"
  "$home/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement requirements/uv.txt >&2
  touch "$home/.complete"
fi
echo "$PWD/$home/bin/uv"
