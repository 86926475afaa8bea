#!/bin/sh
# See to it that the browser tests find a Chromium: the system's, or else the one that Playwright brings.
set -eu
for name in chromium-headless-shell chromium google-chrome google-chrome-stable; do
    ! command -v "$name" >/dev/null || exit 0
done
echo "── Chromium for the browser tests"
if [ "$(id -u)" = 0 ]; then
    .venv/bin/playwright install --with-deps --only-shell chromium
else
    .venv/bin/playwright install --only-shell chromium
fi
