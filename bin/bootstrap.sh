# Sourced by start.sh and test.sh with $here set; sets $node. Installs only what is missing.
say() { echo "DARTS: $*" >&2; }

if [ "$(id -u)" != 0 ]; then
  say "must be run as root: it installs Debian packages, keeps the service users apart, starts QEMU as a user"
  say "of its own and mounts. Only the host-runner stays privileged; everything else drops to the user 'darts'."
  exit 1
fi

lock="$here/package-lock.json"
installed="$here/node_modules/.package-lock.json"
if [ ! -f "$installed" ] || [ "$lock" -nt "$installed" ]; then
  say "installing npm packages"
  (cd "$here" && npm ci --no-audit --no-fund --loglevel=error >&2)
  touch "$installed"
fi
node="$here/node_modules/.bin/node"
if [ ! -x "$node" ]; then
  node=$(command -v node)
  "$node" -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' || {
    say "needs Node 24: the package of this architecture is missing, and $node is older"
    exit 1
  }
fi

if ! command -v nats-server >/dev/null; then
  say "installing nats-server"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends nats-server >&2 || {
    say "could not install nats-server: see the messages above"
    exit 1
  }
fi

for user in darts darts-vm darts-images; do
  id "$user" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
done
