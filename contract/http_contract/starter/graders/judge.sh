#!/usr/bin/env bash
# Judge the server in the current folder, with the options in the file beside this script: judge.sh FORMAT=FILE
set -euo pipefail

source=${AUTOGRADER:-/autograder}/source
environment=${ENVIRONMENT:-$source/environment}

file=${1#*=}
[[ $file = /* ]] || file=$PWD/$file

# Some learners pack the folder instead of the files in it. Then the submission is one folder deeper. `contract grade`
# finds it by the same conditions.
shopt -s extglob nullglob
folders=(!(__MACOSX|graders)/)
inner=${folders[0]-}
if [ ! -e contract.toml ] && [ ${#folders[@]} -eq 1 ] && [ ! -L "${inner%/}" ] && [ -e "${inner}contract.toml" ]; then
    cd "$inner"
fi

mapfile -t options < <(sed -E 's/(^|[[:space:]])#.*//' "$source/options" | xargs -r -n1)
if [ -f "$source/hidden.py" ]; then
    options+=(--hidden "$source/hidden.py")
fi
# With -I, Python imports nothing from the submission's folder.
exec "$environment/bin/python" -I -m http_contract check --quiet --report "${1%%=*}=$file" "${options[@]}"
