#!/bin/sh
# Type check, lint, unit, integration, fault and end-to-end tests, in a fresh clone too. `sh bin/test.sh faults` runs one kind.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/bin/bootstrap.sh"
cd "$here"
PATH="$here/node_modules/.bin:$PATH"

if ! command -v chromium >/dev/null || ! command -v ssh-keygen >/dev/null || ! command -v tc >/dev/null ||
  ! dpkg -s libfaketime >/dev/null 2>&1; then
  say "installing chromium, ssh-keygen, iproute2 and libfaketime for the tests"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core openssh-client iproute2 \
    libfaketime >&2
fi

if [ $# -eq 0 ]; then
  tsc --noEmit
  biome check .
  set -- unit integration faults e2e
fi
"$node" test/harness/prepare.ts
for kind in "$@"; do
  "$node" node_modules/vitest/vitest.mjs run --project "$kind"
done
