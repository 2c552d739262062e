#!/usr/bin/env bash
# Sees to the Debian packages in debian-packages.txt: root installs what is missing, anyone else is told
# the line to run. Exit code 0: all there; 2: something is missing. Usage: debian_packages.sh [PYTHON [tests|pictures]]
set -euo pipefail

python=${1:-python3}
purpose=${2:-}
list="$(dirname "$0")/debian-packages.txt"
libraries="$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null || true)"

present() { # present PROBE
    case $1 in
        module:*) "$python" -c "import ${1#module:}" 2>/dev/null ;;
        command:*) [ -n "$(command -v "${1#command:}")" ] ;;
        /*) [ -e "$1" ] ;;
        *) grep -qF "$1 " <<<"$libraries" ;;
    esac
}

missing=()
while read -r group package probe; do
    case $group in
        '' | '#'*) continue ;;
        window) [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || continue ;;
        tests | pictures) [ "$purpose" = "$group" ] || continue ;;
    esac
    present "$probe" || missing+=("$package")
done <"$list"

[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -ne 0 ]; then
    printf 'Missing Debian packages: %s\nRun this, then try again:\n    sudo %s\n' "${missing[*]}" "$install" >&2
    exit 2
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # the line is words on purpose: what is shown is what is run
if ! { apt-get update -q && $install; }; then
    printf 'Missing Debian packages, and installing them failed: %s\n' "${missing[*]}" >&2
    exit 2
fi
