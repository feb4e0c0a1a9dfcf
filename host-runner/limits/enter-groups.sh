#!/bin/sh -eu
# Enters the groups that are named before the `--`, then becomes the program behind it: nothing of it runs outside them.
while [ "$1" != -- ]; do
  echo $$ > "$1/cgroup.procs"
  shift
done
shift
exec "$@"
