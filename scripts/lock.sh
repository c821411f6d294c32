#!/bin/sh
# Pin every environment: NAME.in -> NAME.txt, exact and hashed, for every platform.
# The development environment holds all others, so its pins constrain theirs.
set -eu
cd "$(dirname "$0")/.."

uv="$(scripts/uv.sh)"

compile() {
  source="$1"
  shift
  echo "$source"
  "$uv" pip compile "$source" --output-file "${source%.in}.txt" --quiet --universal \
    --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$@"
}

compile requirements.in "$@"
for source in requirements/*.in images/*/requirements.in; do
  compile "$source" --constraint requirements.txt "$@"
done
