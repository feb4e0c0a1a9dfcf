#!/bin/sh
# Brings what the page needs (npm packages, nats-server, system users), then hands over to the supervisor,
# which shows the rest of the set-up on the page and in the terminal.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/bin/bootstrap.sh"

state=$(realpath -m "${DARTS_STATE:-/var/lib/darts}")
DARTS_STATE=$state
install -d -m 0711 "$state"

can() { setpriv --reuid darts --regid darts --clear-groups "$@" 2>/dev/null; }

# The supervisor's own compiled program: root's, and closed to others.
install -d -m 0711 "$state/compiled"
install -d -m 0700 "$state/compiled/root"
export NODE_COMPILE_CACHE="$state/compiled/root"

if can test -r "$here/bin/darts.ts" && can test -x "$state"; then
  export DARTS_STATE
  exec "$node" "$here/bin/darts.ts" start
fi

# A folder above (such as /root) is closed to the unprivileged services. They are shown the code and the state at
# paths of their own, in a mount namespace that ends with them; other users see nothing of it.
run=/run/darts
[ "$state" = /var/lib/darts ] || run=$run-$(printf %s "$state" | sha256sum | cut -c1-8)
DARTS_RUN=${DARTS_RUN:-$run}
app=/run/darts-app
open=$DARTS_RUN-state
mkdir -p "$app" "$open"
DARTS_STATE=$open
export DARTS_RUN DARTS_STATE
exec unshare --mount --propagation slave sh -eu -c '
  mount --bind "$1" "$2"; mount --bind "$3" "$4"; cd "$2"
  setpriv --reuid darts --regid darts --clear-groups test -r bin/darts.ts || {
    echo "DARTS: the files in $1 cannot be read by others. Run: chmod -R go+rX $1" >&2; exit 1; }
  exec node_modules/.bin/node bin/darts.ts start
' sh "$here" "$app" "$state" "$open"
