#!/bin/sh
# Name every prerequisite that is missing or too old, with the command that installs it.
set -eu
cd "$(dirname "$0")"

missing=0

# missing WHAT DEBIAN-COMMAND MACOS-COMMAND
missing() {
  [ "$missing" -eq 1 ] || echo "Before this can run, install:" >&2
  missing=1
  printf '\n  %s\n    Debian, Ubuntu:  %s\n    macOS:           %s\n' "$1" "$2" "$3" >&2
}

has() { command -v "$1" >/dev/null 2>&1; }

if ! python="$(./python.sh)"; then
  missing "Python 3.11 or newer (found: $(python3 --version 2>/dev/null || echo none))" \
    "sudo apt install python3 python3-venv   (Ubuntu 22.04: python3.11 python3.11-venv)" \
    "brew install python@3.12"
elif ! has uv && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  missing "Python's venv module" "sudo apt install python3-venv" "brew install python@3.12"
fi

node="$(node --version 2>/dev/null || echo none)"
major="${node#v}"
major="${major%%.*}"
if ! [ "$major" -ge 20 ] 2>/dev/null; then
  missing "Node.js 20 or newer (found: $node)" \
    "sudo apt install nodejs npm && sudo npm install --global node@22" "brew install node"
elif ! has npm; then
  missing "npm" "sudo apt install npm" "brew install node"
fi

has git || missing "git" "sudo apt install git" "xcode-select --install"
has make || missing "make" "sudo apt install make" "xcode-select --install"

# LightGBM's wheels load the system's OpenMP library.
if [ "$(uname)" = Darwin ]; then
  [ -e /opt/homebrew/opt/libomp ] || [ -e /usr/local/opt/libomp ] || [ -e /opt/local/lib/libomp ] ||
    missing "the OpenMP library" "sudo apt install libgomp1" "brew install libomp"
elif [ -n "$python" ] && ! "$python" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null; then
  missing "the OpenMP library" "sudo apt install libgomp1" "brew install libomp"
fi

exit "$missing"
