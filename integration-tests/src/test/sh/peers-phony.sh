#!/bin/bash
# Runs in the chroot that peers.sh has made. The source package of virt-v2v has scripts that make phony
# guests for its own tests: disks with what virt-v2v looks at in a Windows or a Fedora, and no more.
# They go to /opt/phony, with the drivers and programs that stand in for those that a Windows gets.
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root TMPDIR=/var/tmp SRCDIR=.
export LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg
export LIBGUESTFS_CACHEDIR=/opt/cache

sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >/etc/apt/sources.list.d/sources.list
apt-get -q update
apt-get -q install -y --no-install-recommends dpkg-dev gcc libc6-dev libguestfs-perl
cd /var/tmp
apt-get -q source virt-v2v
cd virt-v2v-*/test-data/fake-virtio-win
while read -r file; do
  mkdir -p "${file%/*}"
  touch "$file"
done <virtio-win-drivers-list.txt
cp -r drivers ../fake-virt-tools /opt/phony/
cd ../phony-guests
gcc -static -o fedora-static-bin fedora.c
# mount of util-linux 2.42 does not find out that a file system is NTFS in the virtual machine that has
# just made it
sed -i 's,^mount /dev/sda2 ,mount-vfs "" ntfs /dev/sda2 ,' make-windows-img.sh
bash make-windows-img.sh win2k22.img
LAYOUT=partitions perl make-fedora-img.pl
for image in win2k22.img fedora.img; do
  [ -s $image ] # without NTFS in the appliance, the script makes an empty file
  cp --sparse=always $image /opt/phony/
done
