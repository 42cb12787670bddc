#!/bin/sh
# Sets up a chroot of a newer Debian, with the newest clients and nbdkit, and runs one case of
# peers-case.sh in it. Needs root, debootstrap, mke2fs and sfdisk. POSIX sh.
#
#     peers.sh make FOLDER
#     peers.sh run FOLDER DISTRIBUTION JAVA ours|nbdkit CASE
#
# FOLDER is kept: FOLDER/root is the chroot, FOLDER/guest.img a small virtual machine, FOLDER/phony
# virt-v2v's own phony ones (peers-phony.sh), FOLDER/cache the appliance of libguestfs. What is there is used as it is. A case runs in a mount namespace, on
# an overlay that is thrown away afterwards, so that it may change anything. In the environment:
# NBD_CORE_PEERS_SUITE (forky) and NBD_CORE_PEERS_MIRROR (the mirror that apt uses on this system).
set -eu

PACKAGES="nbdkit libnbd-bin python3-libnbd qemu-utils qemu-system-x86 virt-v2v libguestfs-tools
  linux-image-amd64 gnutls-bin e2fsprogs procps open-vmdk openssh-server openssh-client"
GUEST_PACKAGES="linux-image-cloud-amd64 grub-pc initramfs-tools"
GUEST_MIB=1100

suite=${NBD_CORE_PEERS_SUITE:-forky}
here=$(cd -- "${0%/*}" && pwd)

fail() {
  echo "peers: error: $*" >&2
  exit 1
}

mirror() {
  if [ -n "${NBD_CORE_PEERS_MIRROR:-}" ]; then
    echo "$NBD_CORE_PEERS_MIRROR"
  else
    # shellcheck disable=SC2016 # apt replaces it
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
      grep -v -e security -e updates | head -n 1
  fi
}

# debootstrap ROOT: a minimal system, with apt set up to install more.
bootstrap() {
  mirror=$(mirror)
  [ -n "$mirror" ] || fail "no mirror is known: set NBD_CORE_PEERS_MIRROR"
  script=/usr/share/debootstrap/scripts/$suite
  [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
  debootstrap --variant=minbase "$suite" "$1" "$mirror" "$script" >&2
  # a mirror may be a snapshot, whose signature has expired
  echo 'Acquire::Check-Valid-Until "false";' >"$1/etc/apt/apt.conf.d/10valid"
  for proxy in /etc/apt/apt.conf.d/*proxy*; do
    [ ! -e "$proxy" ] || cp "$proxy" "$1/etc/apt/apt.conf.d/"
  done
  [ ! -e /etc/resolv.conf ] || cp /etc/resolv.conf "$1/etc/"
}

# install ROOT PACKAGE...: in a namespace of its own, so that nothing stays mounted.
install_into() {
  # shellcheck disable=SC2016
  unshare --mount sh -ec '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -ec "
      apt-get -q update
      apt-get -q install -y --no-install-recommends $*
      apt-get clean"' install "$@" >&2
}

make_root() {
  rm -rf "$1/root.new"
  bootstrap "$1/root.new"
  # shellcheck disable=SC2086
  install_into "$1/root.new" $PACKAGES
  mv "$1/root.new" "$1/root"
}

# A Debian that never started, on one partition: what virt-v2v inspects and converts.
make_guest() {
  guest=$1/guest.new
  rm -rf "$guest"
  bootstrap "$guest"
  # what conversion makes anew, on an emulated processor, is small
  mkdir -p "$guest/etc/initramfs-tools/conf.d"
  echo MODULES=list >"$guest/etc/initramfs-tools/conf.d/modules"
  # shellcheck disable=SC2086
  install_into "$guest" $GUEST_PACKAGES
  rm -rf "$guest"/var/lib/apt/lists/* "$guest"/usr/share/doc/* "$guest"/usr/share/locale/*
  echo '/dev/sda1 / ext4 errors=remount-ro 0 1' >"$guest/etc/fstab"
  echo guest >"$guest/etc/hostname"
  # virt-v2v 2.10 wants the kernel and its modules among the files of linux-image-*, in the places
  # where older Debian has them; newer Debian keeps them in other packages, below /usr/lib/modules
  for list in "$guest"/var/lib/dpkg/info/linux-image-[0-9]*.list; do
    release=${list##*/linux-image-}
    release=${release%.list}
    printf '%s\n' "/boot/vmlinuz-$release" "/boot/config-$release" "/lib/modules/$release" >>"$list"
  done
  kernel=$(basename "$guest"/boot/vmlinuz-*)
  mkdir -p "$guest/boot/grub"
  cat >"$guest/boot/grub/grub.cfg" <<END
set default=0
menuentry 'Debian GNU/Linux' {
  search --no-floppy --set=root --file /boot/$kernel
  linux /boot/$kernel root=/dev/sda1 ro
  initrd /boot/initrd.img-${kernel#vmlinuz-}
}
END
  truncate -s "${GUEST_MIB}M" "$1/guest.part"
  echo '2048,,83,*' | sfdisk -q "$1/guest.part" >&2
  mke2fs -q -t ext4 -E offset=1048576 -d "$guest" "$1/guest.part" "$((GUEST_MIB - 2))M" >&2
  rm -rf "$guest"
  mv "$1/guest.part" "$1/guest.img"
}

make_phony() {
  rm -rf "$1/phony.new"
  mkdir -p "$1/cache" "$1/phony.new"
  in_overlay "$1" --bind-ro "$here" /opt/sh --bind "$1/cache" /opt/cache \
    --bind "$1/phony.new" /opt/phony -- /bin/bash /opt/sh/peers-phony.sh >&2
  mv "$1/phony.new" "$1/phony"
}

make() {
  [ "$(id -u)" -eq 0 ] || fail "only root can set up a chroot"
  mkdir -p "$1"
  [ -d "$1/root" ] || make_root "$1"
  # shellcheck disable=SC2086 # a chroot that was made for fewer cases
  chroot "$1/root" dpkg -s $PACKAGES >/dev/null 2>&1 || install_into "$1/root" $PACKAGES
  [ -f "$1/guest.img" ] || make_guest "$1"
  [ -d "$1/phony" ] || make_phony "$1"
}

# in_overlay FOLDER [--bind|--bind-ro SOURCE TARGET]... -- COMMAND...
in_overlay() {
  overlay=$(mktemp -d "$1/overlay.XXXXXX")
  mkdir "$overlay/upper" "$overlay/work" "$overlay/root"
  trap 'rm -rf "$overlay"' EXIT
  # unshare itself ignores milder signals while it waits
  trap 'kill -KILL "$child"; wait; exit 143' INT TERM
  # --kill-child: whatever the command has started ends with it
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child sh -ec '
    overlay=$1 lower=$2/root root=$1/root
    shift 2
    mount -t overlay overlay \
      -o "lowerdir=$lower,upperdir=$overlay/upper,workdir=$overlay/work" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t sysfs sysfs "$root/sys"
    while [ "$1" != -- ]; do
      if [ -d "$2" ]; then mkdir -p "$root$3"; else touch "$root$3"; fi
      mount --bind "$2" "$root$3"
      [ "$1" != --bind-ro ] || mount -o remount,bind,ro "$root$3"
      shift 3
    done
    shift
    exec chroot "$root" "$@"' in_overlay "$overlay" "$@" &
  child=$!
  wait "$child"
}

# run FOLDER DISTRIBUTION JAVA SERVER CASE
run() {
  mkdir -p "$1/cache"
  in_overlay "$1" --bind-ro "$2" /opt/nbd-core --bind-ro "$3" /opt/java --bind-ro "$here" /opt/sh \
    --bind "$1/cache" /opt/cache --bind-ro "$1/guest.img" /opt/guest.img \
    --bind-ro "$1/phony" /opt/phony -- /bin/bash /opt/sh/peers-case.sh "$4" "$5"
}

what=$1
shift
case $what in
  make) make "$@" ;;
  run) run "$@" ;;
  *) fail "unknown: $what; make and run are known" ;;
esac
