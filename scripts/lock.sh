#!/bin/sh
# Pin every environment: NAME.in -> NAME.txt, exact and hashed, for every platform.
# The development environment holds all others, so its pins constrain theirs; all but checkov's,
# which pins what others need in other versions.
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
  case "$source" in
  requirements/checkov.in) compile "$source" "$@" ;;
  *) compile "$source" --constraint requirements.txt "$@" ;;
  esac
done
