#!/bin/sh
# Print the first Python >= 3.11 on PATH; fail where there is none.
set -eu

for name in python3 python3.14 python3.13 python3.12 python3.11; do
  # Never the one inside a virtual environment: that may be the one about to be rebuilt.
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$name" -c 'import sys; print(sys._base_executable)'
  fi
done
exit 1
