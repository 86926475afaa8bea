#!/bin/sh
# Write requirements.lock, requirements-dev.lock and tools/uv.lock: every version with its hashes, for every platform,
# and no address.  Reads no configuration of this machine, so the locks are the same wherever they are made.
# UPGRADE=1 takes the newest releases; otherwise only what has to change changes.
set -eu
uv=$1

compile() {
    env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
        UV_CUSTOM_COMPILE_COMMAND="make lock" \
        "$uv" --no-config pip compile "$1" --output-file "$2" --quiet ${UPGRADE:+--upgrade} \
        --universal --generate-hashes --python-version "$3" \
        --no-emit-index-url --no-emit-find-links --no-annotate
    echo "   $2: $(grep -c == "$2") packages"
}

compile requirements.in requirements.lock 3.13
compile requirements-dev.in requirements-dev.lock 3.13
compile tools/uv.in tools/uv.lock 3.9
