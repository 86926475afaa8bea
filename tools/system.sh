#!/bin/sh
# Install the system packages that `make run` or `make test` needs and that are missing.
# Usage: system.sh run|test     Without root it prints the one command to type, and stops.
set -eu
purpose=$1
python=${PYTHON:-python3}
missing=

need() { # need PACKAGE COMMAND...: the package is missing where the command fails
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
program() { command -v "$1"; }
library() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -F "$1.so"; }
debian() { grep -qx 'ID=debian' /etc/os-release; }

[ -x .tools/uv/bin/python ] || need python3-venv "$python" -c 'import ensurepip, venv'
need nodejs program node
need npm program npm
need gettext program xgettext
need libpango-1.0-0 library libpango-1.0
need libpangoft2-1.0-0 library libpangoft2-1.0
need libharfbuzz-subset0 library libharfbuzz-subset
# Backups of PostgreSQL are made with its own program.
case "$purpose ${DATABASE_URL:-}${DATABASE_URL_FILE:-}" in
test* | *" "?*) need postgresql-client program pg_dump ;;
esac
if [ "$purpose" = test ]; then
    need poppler-utils program pdftoppm
    # Elsewhere the distribution's Chromium is a snap; tools/browser.sh fetches Playwright's own there.
    # The shell is Chromium without a window's furniture, which costs half as much again as the pages.
    if debian; then need chromium-headless-shell program chromium-headless-shell; fi
fi

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "These are missing (by their Debian names); please install them and start again:$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Some system packages are missing.  Please type this, then the same command again:" >&2
    echo >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    echo >&2
    exit 1
fi
echo "── System packages (a minute or two):$missing"
log=$(mktemp)
# shellcheck disable=SC2086  # a list of words
if ! { apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
fi
rm -f "$log"
