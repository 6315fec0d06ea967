#!/usr/bin/env bash
# Judge the server in this folder, by the options that lie beside this script: judge.sh FORMAT=FILE
set -euo pipefail

source=${AUTOGRADER:-/autograder}/source
environment=${ENVIRONMENT:-$source/environment}

file=${1#*=}
[[ $file = /* ]] || file=$PWD/$file

# Who packs a folder packs the files in it, or the folder itself: then the submission is one folder deeper.
# `contract grade` decides by the same.
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
# -I keeps Python from importing anything that the submission's folder holds.
exec "$environment/bin/python" -I -m http_contract check --quiet --report "${1%%=*}=$file" "${options[@]}"
