# stage.sh DISTRIBUTION SHARE ROOT: lays out below ROOT what the packages install. SHARE is what
# Generate has written. POSIX sh.
set -eu
umask 022
distribution=$1 share=$2 root=$3
here=$(cd -- "${0%/*}/.." && pwd)
lib=$root/usr/lib/nbd-core
doc=$root/usr/share/doc/nbd-core
units=$root/usr/lib/systemd/system

rm -rf -- "$root"
mkdir -p -- "$lib" "$doc" "$units" "$root/usr/bin" "$root/etc/nbd-core" "$root/var/cache/nbd-core"
cp -R -- "$distribution/bin" "$distribution/lib" "$lib/"
# The start-up cache, and jars of third parties, are not part of what is installed.
ln -s /var/cache/nbd-core "$lib/cache"
ln -s /usr/local/lib/nbd-core/plugins "$lib/plugins"
for command in "$lib"/bin/*; do
  ln -s "../lib/nbd-core/bin/${command##*/}" "$root/usr/bin/${command##*/}"
done

cp -R -- "$distribution/docs" "$distribution/examples" "$distribution/README.md" \
  "$distribution/SECURITY.md" "$distribution/CONTRIBUTING.md" "$doc/"
cp -R -- "$share/." "$root/usr/share/"
gzip -9 -n -- "$root"/usr/share/man/man1/*.1

for unit in nbd-core.service nbd-core@.service; do
  sed -e "/^@HARDENING@$/{
r $here/systemd/hardening
a
d
}" "$here/systemd/$unit" >"$units/$unit"
done
cp -- "$here/systemd/nbd-core.socket" "$units/"
cp -- "$here/etc/nbd-core.conf" "$root/etc/nbd-core/"
find "$root" -type d -exec chmod 0755 {} +
find "$root" -type f -exec chmod 0644 {} +
chmod 0755 -- "$lib"/bin/*
