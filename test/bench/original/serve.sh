#!/bin/sh -eu
# serve.sh FOLDER IMAGES PROGRAM...   Runs PROGRAM beside qemu-web-desktop as Debian configures it, with one machine.
# Only for name spaces of its own (mounts, processes, network), which take everything along when PROGRAM ends: the
# server listens on port 80, on a loopback that nobody else has, and what it writes stays in FOLDER.
work=$1 images=$2
shift 2
here=$(dirname "$0")
etc=/etc/qemu-web-desktop
state=/var/lib/qemu-web-desktop

ip link set lo up
cp "$here/qemu.sh" "$work/qemu"
{
  cat $etc/config.pl
  # The display that the machine.json names. Records of sessions would stay in /tmp. It takes no session on a busy
  # host, and what was measured before keeps the load average up for minutes.
  cat <<CONFIG
    \$config{qemu_exec} = '$state/qemu';
    \$config{qemu_video} = 'virtio';
    \$config{dir_cfg} = '$state/records';
    no warnings 'redefine';
    *Sys::CpuLoad::load = sub { 0 };
    1;
CONFIG
} >"$work/config.pl"
printf '[starter.qcow2]\ndescription=Starter\n' >"$work/machines.conf"
chmod 755 "$work" "$work/qemu"

mount --bind "$work" $state
mount --bind "$work/config.pl" $etc/config.pl
mount --bind "$work/machines.conf" $etc/machines.conf
mkdir $state/starter $state/machines $state/records
chown _qemu-web-desktop $state/records
mount --bind "$images/starter" $state/starter
ln -s ../starter/disk.qcow2 $state/machines/starter.qcow2
mount -t tmpfs tmpfs /var/log/apache2
mount -t tmpfs tmpfs /run
mkdir /run/lock

qwdctl refresh >&2
apache2ctl start >&2
"$@" || {
  tail -n 15 /var/log/apache2/error.log >&2
  exit 1
}
