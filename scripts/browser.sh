#!/usr/bin/env bash
# A Chromium for the tests of the pages: the system's, else Playwright's own, else Debian's package.
# CHROMIUM=/path/to/browser names another.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
echo "Installing a browser for the tests" >&2
if timeout 300 .venv/bin/python -m playwright install chromium >/dev/null 2>&1; then exit 0; fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get update -qq >/dev/null && $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
  command -v chromium >/dev/null && exit 0
fi
echo "The tests need Chromium: install it, or name it with CHROMIUM=/path/to/chromium." >&2
exit 1
