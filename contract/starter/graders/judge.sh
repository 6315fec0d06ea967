#!/usr/bin/env bash
# Judge the server in this folder, by the options that lie beside this script: judge.sh FORMAT=FILE
set -euo pipefail

source=${AUTOGRADER:-/autograder}/source
environment=${ENVIRONMENT:-$source/environment}

mapfile -t options < <(grep -v '^#' "$source/options" | xargs -r -n1)
if [ -f "$source/hidden.py" ]; then
    options+=(--hidden "$source/hidden.py")
fi
# -I keeps Python from importing anything that the submission's folder holds.
exec "$environment/bin/python" -I -m contract check --quiet --report "$1" "${options[@]}"
