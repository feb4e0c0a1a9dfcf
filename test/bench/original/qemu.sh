#!/bin/sh -eu
# What qemu-web-desktop starts as its QEMU. It always asks for KVM, for an IDE disk and for the disk's boot loader;
# the starter machine knows only virtio disks and has no boot loader. Everything else is passed on as it is. The file
# `options` beside this one holds what is added, one argument a line.
count=$#
while [ "$count" -gt 0 ]; do
  used=2
  case $1 in
    -enable-kvm) used=1 ;;
    -cpu) ;;
    -machine) set -- "$@" -machine pc ;;
    -hda) set -- "$@" -drive "if=virtio,format=qcow2,file=$2" ;;
    *)
      set -- "$@" "$1"
      used=1
      ;;
  esac
  shift $used
  count=$((count - used))
done
while IFS= read -r option; do
  set -- "$@" "$option"
done <"$(dirname "$0")/options"
exec qemu-system-x86_64 "$@"
