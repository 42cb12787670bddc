#!/bin/sh
# install-deb.sh ROOT DEB...: installs, runs and purges the packages in the chroot ROOT, whose apt
# works, and fails if something does not work there or is left at the end. Needs root. POSIX sh.
set -eu
root=$1
shift
work=$(mktemp -d)
trap 'rm -rf -- "$work" "$root/packages"' EXIT

run() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

# All files but the records of apt and dpkg, and the index that man-db keeps of all pages.
list() {
  (cd -- "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./sys -o -path ./packages -o \
    -path ./var/lib/apt -o -path ./var/cache/man -o -path ./var/cache/apt -o -path ./var/lib/dpkg -o -path ./var/log \) -prune -o \
    -print) | sort
}

say() {
  echo "install-deb: $*" >&2
}

# Java comes first, as it stays.
run apt-get -q install -y --no-install-recommends default-jre-headless >/dev/null
mkdir -p -- "$root/etc/systemd/system"
list >"$work/before"

mkdir -- "$root/packages"
cp -- "$@" "$root/packages/"
start=$(date +%s)
run sh -c 'apt-get -q install -y --no-install-recommends /packages/nbd-core_*.deb' >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }
say "installed in $(($(date +%s) - start)) s"

run nbd-core --version
[ "$(run nbd-core memory 1M --run 'nbd-info --size "$uri"')" = 1048576 ]
run nbd-core --help --filter=cow vddk >/dev/null
say "cache: $(cd -- "$root/var/cache/nbd-core" && find . -name '*.for' | tr '\n' ' ')"

# As a service without rights, which cannot write the cache.
run setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all \
  nbd-core memory 1M --run 'nbd-info --size "$uri"' >/dev/null
for page in nbd-core.1 nbd-copy.1 nbd-core-vddk-plugin.1 nbd-core-blocksize-filter.1; do
  [ -s "$root/usr/share/man/man1/$page.gz" ]
done
for unit in nbd-core.service nbd-core@.service nbd-core.socket; do
  [ -s "$root/usr/lib/systemd/system/$unit" ]
done
run bash -n /usr/share/bash-completion/completions/nbd-core

# nbdkit's program steps aside, and comes back.
if [ ! -e "$root/usr/bin/nbdkit" ]; then
  printf '#!/bin/sh\necho the other nbdkit\n' >"$root/usr/bin/nbdkit"
  chmod 0755 -- "$root/usr/bin/nbdkit"
  theirs=yes
fi
run sh -c 'apt-get -q install -y --no-install-recommends /packages/nbd-core-nbdkit_*.deb' >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }
run nbdkit --version | grep -q '^nbdkit .*nbd-core'
[ "$(run nbdkit.distrib)" = 'the other nbdkit' ] || [ -z "${theirs:-}" ]
run apt-get -q purge -y nbd-core-nbdkit >/dev/null
[ -z "${theirs:-}" ] || [ "$(run nbdkit)" = 'the other nbdkit' ]
[ -z "${theirs:-}" ] || rm -- "$root/usr/bin/nbdkit"

mkdir -p -- "$root/etc/systemd/system/multi-user.target.wants"
ln -s /usr/lib/systemd/system/nbd-core@.service \
  "$root/etc/systemd/system/multi-user.target.wants/nbd-core@disks.service"
run nbd-core --version >/dev/null
# A cache that is being made in the background has files in /tmp.
for _ in $(seq 600); do
  [ -n "$(find "$root/var/cache/nbd-core/" -name '*.lock')" ] || break
  sleep 1
done
run apt-get -q purge -y nbd-core >"$work/log" 2>&1
list >"$work/after"
diff -u -- "$work/before" "$work/after" || { say "error: files are left, or gone"; exit 1; }
say "purged; nothing is left"
