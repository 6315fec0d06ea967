#!/usr/bin/env bash
# Prepare a machine: find or install Python 3.11 or later, and make an environment with the judge and its dependencies.
set -euo pipefail

source=${AUTOGRADER:-/autograder}/source
environment=${ENVIRONMENT:-$source/environment} # used unchanged if it exists

# Install the languages of the submissions here. For example:
# apt-get install -y golang nodejs

# Return whether this is a Python, 3.11 or later, that can make virtual environments.
fits() {
    "$1" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local python
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if fits "$python"; then
            echo "$python"
            return
        fi
    done
    return 1
}

install_python() {
    local version
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    for version in 3.13 3.12 3.11; do
        if apt-get install -y "python$version" "python$version-venv"; then
            return
        fi
    done
}

if [ ! -x "$environment/bin/python" ]; then
    python=$(find_python || { install_python >&2 && find_python; }) || {
        echo "Python 3.11 or later is missing, and apt-get cannot install it." >&2
        exit 1
    }
    "$python" -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check 'click>=8.5' 'psutil>=6' 'rich>=15'
fi
packages=$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$source" >"$packages/judge.pth"
