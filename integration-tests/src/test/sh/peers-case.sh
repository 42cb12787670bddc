#!/bin/bash
# Runs in the chroot that peers.sh has made. The server is /usr/bin/nbdkit: nbdkit itself, or ours by
# a diversion, since virt-v2v runs that path whatever PATH says. Standard output is the outcome: it
# must be the same for both. All else goes to standard error.
#
#     peers-case.sh ours|nbdkit CASE
set -euo pipefail

SIZE=64M

fail() {
  echo "peers: $server: $name: $*" >&2
  exit 1
}

stand_in() {
  dpkg-divert --quiet --rename --add /usr/bin/nbdkit
  mkdir /opt/ours
  ln -s /opt/nbd-core/bin/nbd-core /opt/ours/nbdkit
  # shellcheck disable=SC2016
  printf '%s\n' '#!/bin/sh' 'echo "$*" >>/var/tmp/starts' 'exec /opt/ours/nbdkit "$@"' \
    >/usr/bin/nbdkit
  chmod +x /usr/bin/nbdkit
  # the start-up caches are made now, once for a distribution, and not in the middle of a case
  mkdir -p "$NBD_CORE_CACHE"
  NBD_CORE_CACHE_WAIT=1 nbdkit --version | grep nbd-core >&2 ||
    fail "the diversion does not lead to nbd-core"
  NBD_CORE_CACHE_WAIT=1 nbdkit null --run true >&2
}

# A disk with data in several places and holes between them.
sample() {
  qemu-img create -q -f qcow2 sample.qcow2 $SIZE
  qemu-io -c 'write -P 1 0 64k' -c 'write -P 2 5M 3M' -c 'write -P 3 63M 1M' sample.qcow2 >&2
}

digest() {
  sha256sum "$@" | cut -d ' ' -f 1
}

# Writes with every command that QEMU has, and reads back what is there.
qemu_io() {
  truncate -s $SIZE disk
  # shellcheck disable=SC2016
  nbdkit file disk --run 'qemu-io -f raw -c "write -P 7 0 4k" -c "write -f -P 8 1M 3M" \
    -c "write -z 2M 64k" -c "write -z -u 3M 64k" -c "discard 4k 4k" -c "aio_write -P 9 40M 17M" \
    -c aio_flush -c flush -c "read -P 7 0 4k" -c "read -P 8 1M 1M" -c "read -P 0 2M 64k" \
    -c "read -P 9 40M 17M" "$uri"' >log
  cat log >&2
  grep -c -E '^(wrote|read|discard) ' log
  ! grep -E 'failed|error' log || fail "a command failed"
  digest disk
}

# convert WORD...: with these options of qemu-img.
convert() {
  sample
  # shellcheck disable=SC2016
  nbdkit memory $SIZE --run 'qemu-img convert -n '"$*"' -O raw sample.qcow2 "$uri" &&
    qemu-img compare -F raw sample.qcow2 "$uri" && nbdcopy "$uri" copy'
  digest copy
}

convert_over_tls() {
  sample
  psktool -u peer -p keys.psk >&2
  nbdkit -f -U "$PWD/sock" -P "$PWD/pid" --tls=require --tls-psk="$PWD/keys.psk" memory $SIZE >&2 &
  await pid
  mkdir keys
  cp keys.psk keys/keys.psk
  options="driver=nbd,server.type=unix,server.path=$PWD/sock,tls-creds=tls0"
  tls="tls-creds-psk,id=tls0,dir=$PWD/keys,endpoint=client,username=peer"
  qemu-img convert -n --object "$tls" --target-image-opts sample.qcow2 "$options"
  qemu-img convert --object "$tls" --image-opts -O raw "$options" copy
  kill "$(cat pid)"
  digest copy
}

bench() {
  # shellcheck disable=SC2016
  nbdkit memory $SIZE --run 'qemu-img bench -q -w -f raw -c 5000 -d 32 -s 16k "$uri" &&
    qemu-img bench -q -w --flush-interval=64 -f raw -c 1000 "$uri"' >&2
}

# libnbd asks for extended headers too, which nbdkit does not offer, and does set the flag.
libnbd() {
  sample
  qemu-img convert -O raw sample.qcow2 raw
  # shellcheck disable=SC2016
  nbdkit memory $SIZE --run 'nbdcopy raw "$uri" && nbdcopy "$uri" copy &&
    nbdsh -u "$uri" -c "
print(h.get_protocol())
open(\"extended\", \"w\").write(str(h.get_extended_headers_negotiated()))
h.pwrite(b\"x\" * 100000, 12345)
h.zero(4096, 8192, nbd.CMD_FLAG_NO_HOLE)
h.flush()
print(h.pread(4, 12344))"'
  [ "$server" != ours ] || [ "$(cat extended)" = True ] || fail "no extended headers"
  digest copy
}

# What the environment says counts where nobody can change the command line.
no_extended_headers() {
  # shellcheck disable=SC2016
  NBD_CORE_EXTENDED_HEADERS=no nbdkit memory $SIZE --run 'nbdsh -u "$uri" -c "
assert not h.get_extended_headers_negotiated()
h.pwrite(b\"x\" * 4096, 0)" && qemu-io -f raw -c "write -P 7 0 4k" -c "read -P 7 0 4k" "$uri"' >&2
}

# open-vmdk and we read what the other has made. It knows sparse files, in one file or in several, and
# raw ones; a descriptor of its own, and vmfsSparse, are raw data for it.
open_vmdk() {
  PATH=$PATH:/opt/nbd-core/bin
  sample
  qemu-img convert -O raw sample.qcow2 raw
  for type in monolithic-sparse stream-optimized split-sparse monolithic-flat vmfs-thin; do
    nbd-vmdk convert --no-progress "--type=$type" raw "$type.vmdk" >&2
    file=$(ls "$type"-[sf]*.vmdk 2>/dev/null || echo "$type.vmdk")
    vmdk-convert -i --detailed "$file" >&2
    vmdk-convert "$file" "$type.back" >&2
    same raw "$type.back"
    vmdk-convert "$file" "$type.theirs.vmdk" >&2
    nbd-vmdk check "$type.theirs.vmdk" >&2
    read_by_us "$type.theirs.vmdk" ''
  done
  sed -e 's/!param rootdisk/stream-optimized.vmdk/' -e 's/!param [a-z_-]*=//' \
    /usr/share/doc/open-vmdk/examples/example.yaml >vm.yaml
  ova-compose -i vm.yaml -o vm.ova >&2
  tar tf vm.ova >&2
  read_by_us vm.ova ''
}

same() {
  cmp "$1" "$2" || fail "$2 differs from $1"
  rm "$2"
}

# read_by_us FILE EXPORT
read_by_us() {
  # shellcheck disable=SC2016
  nbd-core -r vmdk "$1" --run 'nbdcopy "$uri" back'
  same raw back
}

guestfish_writes() {
  truncate -s $SIZE disk
  nbdkit -f -U "$PWD/sock" -P "$PWD/pid" file disk >&2 &
  await pid
  guestfish --format=raw -a "nbd://?socket=$PWD/sock" <<'END'
run
part-disk /dev/sda mbr
mkfs ext4 /dev/sda1
mount /dev/sda1 /
write /hello "written by a virtual machine\n"
fill 120 5000000 /many
checksum sha256 /many
cat /hello
umount /
END
  kill "$(cat pid)"
  wait
  dd if=disk of=partition bs=64k skip=1 2>/dev/null
  debugfs -R 'cat /hello' partition 2>/dev/null
}

# qemu-storage-daemon serves our disk on, while the server below it ends and comes back.
storage_daemon() {
  truncate -s $SIZE disk
  nbdkit -f -U "$PWD/sock" -P "$PWD/pid" file disk >&2 &
  await pid
  qemu-storage-daemon \
    --blockdev "nbd,node-name=n,server.type=unix,server.path=$PWD/sock,reconnect-delay=60" \
    --nbd-server "addr.type=unix,addr.path=$PWD/daemon" \
    --export nbd,id=e,node-name=n,name=e,writable=on --pidfile daemon.pid >&2 &
  await daemon.pid
  writes 'write -P 1 0 1M' 'flush'
  kill -KILL "$(cat pid)" # nbdkit waits for clients after a milder signal
  rm -f sock pid
  nbdkit -f -U "$PWD/sock" -P "$PWD/pid" file disk >&2 &
  writes 'write -P 2 1M 1M' 'flush' 'read -P 1 0 1M'
  await pid
  kill "$(cat daemon.pid)"
  while [ -e daemon.pid ]; do sleep 0.1; done
  kill "$(cat pid)"
  wait
  digest disk
}

writes() {
  for each; do set -- "$@" -c "$each" && shift; done
  qemu-io -f raw "$@" "nbd+unix:///e?socket=$PWD/daemon" >&2
}

v2v_null() {
  virt-v2v -i disk /opt/guest.img -o null >&2
}

v2v_local() {
  virt-v2v -i disk /opt/guest.img -o local -os . -on guest >&2
  served_v2v
  sed -e 's/virt-v2v [0-9.]*//' guest.xml
  converted guest-sda
}

# The machine as vSphere exports it: its description, and its disk in compressed form, in a tar file.
v2v_ova() {
  qemu-img convert -O vmdk -o subformat=streamOptimized /opt/guest.img guest-disk1.vmdk
  sed -e "s/@CAPACITY@/$(stat -L -c %s /opt/guest.img)/" \
    -e "s/@SIZE@/$(stat -c %s guest-disk1.vmdk)/" /opt/sh/peers-guest.ovf >guest.ovf
  tar -cf guest.ova guest.ovf guest-disk1.vmdk
  virt-v2v -i ova guest.ova -o local -os . -on guest >&2
  served_v2v
  sed -e 's/virt-v2v [0-9.]*//' guest.xml
  converted guest-sda
}

# The machine as VMware's programs keep it in a folder.
v2v_vmx() {
  qemu-img convert -O vmdk /opt/guest.img guest.vmdk
  cp /opt/sh/peers-guest.vmx guest.vmx
  virt-v2v -i vmx guest.vmx -o local -os . -on converted >&2
  served_v2v
  sed -e 's/virt-v2v [0-9.]*//' converted.xml
  converted converted-sda
}

# The same machine in a folder of an ESXi host, which SSH reaches: nbdkit's plugin ssh reads the
# description and the disk.
v2v_vmx_ssh() {
  mkdir esxi
  cp --sparse=always /opt/guest.img esxi/guest-flat.vmdk
  cp /opt/sh/peers-guest.vmx esxi/guest.vmx
  start_sshd
  virt-v2v -i vmx -it ssh "ssh://root@localhost:$port$PWD/esxi/guest.vmx" \
    -o local -os . -on converted -of qcow2 >&2
  kill "$(cat sshd.pid)"
  served_v2v
  sed -e 's/virt-v2v [0-9.]*//' converted.xml
  qemu-img convert -O raw converted-sda raw
  converted raw
}

# Lets root log in by a key, at a port of this machine that is free: $port.
start_sshd() {
  mkdir -p /run/sshd ~root/.ssh
  ssh-keygen -q -t ed25519 -N '' -f hostkey
  ssh-keygen -q -t ed25519 -N '' -f ~root/.ssh/id_ed25519
  cp ~root/.ssh/id_ed25519.pub ~root/.ssh/authorized_keys
  until [ -s sshd.pid ]; do
    port=$((20000 + RANDOM % 10000))
    /usr/sbin/sshd -D -f /dev/null -h "$PWD/hostkey" -p $port -o ListenAddress=localhost \
      -o StrictModes=no -o "PidFile=$PWD/sshd.pid" -o Subsystem='sftp internal-sftp' >&2 &
    while [ ! -s sshd.pid ] && kill -0 $!; do sleep 0.1; done
  done
  echo "[localhost]:$port $(cut -d ' ' -f 1,2 hostkey.pub)" >~root/.ssh/known_hosts
}

# v2v_phony GUEST: one of virt-v2v's own phony guests. Its file systems, NTFS or ext2 on LVM, are read
# by a virtual machine of libguestfs.
v2v_phony() {
  export VIRT_TOOLS_DATA_DIR=/opt/phony/fake-virt-tools VIRTIO_WIN=/opt/phony/drivers
  virt-v2v -i disk "/opt/phony/$1.img" -o local -os . -on guest >&2
  served_v2v
  sed -e 's/virt-v2v [0-9.]*//' guest.xml
  virt-inspector --format=raw -a guest-sda >inspected.xml
  cat inspected.xml
  digests "/opt/phony/$1.img" >before.files
  digests guest-sda >after.files
  echo "files gone or changed:"
  comm -23 before.files after.files | cut -c 67-
  echo "files new or changed:"
  comm -13 before.files after.files | without_chance
}

digests() {
  guestfish --ro --format=raw -a "$1" -i checksums-out sha256 / - | sort
}

# virt-v2v may as well have run qemu-nbd: it must have started what stands in for nbdkit.
served_v2v() {
  [ "$server" != ours ] || grep -e ' --foreground ' /var/tmp/starts >&2 || fail "it was not started"
}

# How much is allocated depends on what the guest's journal had told before its free blocks were
# trimmed.
v2v_inspector() {
  virt-v2v-inspector -i disk /opt/guest.img -O inspected.xml >&2
  grep '<allocated' inspected.xml >&2
  sed -E 's,(<allocated.*>)[0-9]+<,\1<,' inspected.xml
}

v2v_in_place() {
  cp --sparse=always /opt/guest.img disk
  virt-v2v-in-place -i disk disk >&2
  converted disk
}

# What conversion has made of the guest: its file system is whole, and which files have changed to
# what. The disks are never the same, as there is the time in file systems.
converted() {
  unpack /opt/guest.img before
  unpack "$1" after
  echo "files gone or changed:"
  comm -23 before.files after.files | cut -c 67-
  echo "files new or changed:"
  comm -13 before.files after.files | without_chance
}

# unpack DISK NAME: every file's digest into NAME.files.
unpack() {
  dd if="$1" of=partition bs=1M skip=1 conv=sparse 2>/dev/null
  e2fsck -f -n partition >&2 || fail "the file system in $1 is damaged"
  mkdir "$2"
  debugfs -R "rdump / $2" partition >/dev/null 2>&1
  (cd "$2" && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sort >"$2.files"
  [ "$(wc -l <"$2.files")" -gt 1000 ] || fail "the files in $1 can't be read"
  # which of its two disks the virtual machine of libguestfs took for the guest's: see without_chance
  grep -o -E 'hd[0-9]+' "$2/boot/grub/grub.cfg" | sort | uniq -c >&2 || true
  rm -rf "$2" partition
}

# Of files that say when they were made, or in which order the virtual machine of libguestfs found
# its disks, or that are random, the names alone.
without_chance() {
  sed -E 's,^[0-9a-f]+  (\./boot/initrd|\./boot/grub/grub.cfg|\./var/lib/random-seed|\./var/log),\1,' | sort
}

await() {
  for _ in $(seq 600); do
    [ ! -s "$1" ] || return 0
    sleep 0.1
  done
  fail "no $1 after 60 s"
}

server=$1 name=$2
# Nested virtualization may hang.
export NBD_CORE_JAVA=/opt/java NBD_CORE_CACHE=/opt/cache/nbd-core LC_ALL=C.UTF-8 HOME=/root TMPDIR=/var/tmp
export LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg
export LIBGUESTFS_CACHEDIR=/opt/cache
# its name is told in outcomes, which are compared
mkdir /var/tmp/case
cd /var/tmp/case
[ "$server" != ours ] || stand_in
case $name in
  qemu-io) qemu_io ;;
  convert) convert ;;
  convert-unordered) convert -W -m 16 ;;
  convert-tls) convert_over_tls ;;
  bench) bench ;;
  libnbd) libnbd ;;
  no-extended-headers) no_extended_headers ;;
  guestfish) guestfish_writes ;;
  open-vmdk) open_vmdk ;;
  storage-daemon) storage_daemon ;;
  v2v-null) v2v_null ;;
  v2v-local) v2v_local ;;
  v2v-ova) v2v_ova ;;
  v2v-vmx) v2v_vmx ;;
  v2v-vmx-ssh) v2v_vmx_ssh ;;
  v2v-inspector) v2v_inspector ;;
  v2v-in-place) v2v_in_place ;;
  v2v-phony-windows) v2v_phony win2k22 ;;
  v2v-phony-fedora) v2v_phony fedora ;;
  *) fail "unknown case" ;;
esac
echo "$name: done"
