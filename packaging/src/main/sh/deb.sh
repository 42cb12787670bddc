# deb.sh ROOT VERSION CHANGELOG EPOCH TARGET: makes the Debian packages of the staged tree ROOT; EPOCH
# is the time of all files, in seconds. Needs dpkg-deb. POSIX sh.
set -eu
umask 022
root=$1 version=$(printf '%s' "$2" | tr - '~')-1 changelog=$3 epoch=$4 target=$5
here=$(cd -- "${0%/*}/.." && pwd)
export SOURCE_DATE_EPOCH="$epoch"
maintainer=${NBD_CORE_MAINTAINER:-nbd-core developers <nbd-core@nbd-core.example>}
work=$target/deb
rm -rf -- "$work"

# Lays out $work/$1, from the files in the folder of that name.
begin() {
  package=$1
  tree=$work/$package
  doc=$tree/usr/share/doc/$package
  mkdir -p -- "$tree/DEBIAN" "$doc"
  cp -- "$here/deb/copyright" "$doc/copyright"
  {
    printf '%s (%s) unstable; urgency=medium\n\n  * See changelog.gz of nbd-core.\n\n' \
      nbd-core "$version"
    printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -u -R -d "@$epoch")"
  } | gzip -9 -n >"$doc/changelog.Debian.gz"
  for script in preinst postinst prerm postrm triggers conffiles; do
    if [ -e "$here/deb/$package/$script" ]; then
      cp -- "$here/deb/$package/$script" "$tree/DEBIAN/$script"
    fi
  done
}

finish() {
  size=$(du -sk --apparent-size --exclude=DEBIAN -- "$tree" | cut -f1)
  sed -e "s/@VERSION@/$version/" -e "s/@MAINTAINER@/$maintainer/" -e "s/@SIZE@/$size/" \
    "$here/deb/$package/control" >"$tree/DEBIAN/control"
  (cd -- "$tree" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\0' | sort -z |
    xargs -0 -r md5sum) >"$tree/DEBIAN/md5sums"
  [ -s "$tree/DEBIAN/md5sums" ] || rm -- "$tree/DEBIAN/md5sums"
  find "$tree" -type d -exec chmod 0755 {} +
  for script in preinst postinst prerm postrm; do
    [ ! -e "$tree/DEBIAN/$script" ] || chmod 0755 -- "$tree/DEBIAN/$script"
  done
  find "$tree" -exec touch -h -d "@$epoch" {} +
  dpkg-deb --root-owner-group -Zxz -z1 --build "$tree" "$target/${package}_${version}_all.deb" >&2
}

begin nbd-core
cp -R -- "$root/." "$tree/"
gzip -9 -n -c -- "$changelog" >"$doc/changelog.gz"
mkdir -p -- "$tree/usr/share/lintian/overrides"
cp -- "$here/deb/nbd-core/lintian-overrides" "$tree/usr/share/lintian/overrides/nbd-core"
finish

begin nbd-core-nbdkit
mkdir -p -- "$tree/usr/bin" "$tree/usr/share/man/man1"
ln -s nbd-core "$tree/usr/bin/nbdkit"
ln -s nbd-core.1.gz "$tree/usr/share/man/man1/nbdkit.1.gz"
finish
