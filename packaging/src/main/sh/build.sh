# build.sh DISTRIBUTION SHARE VERSION TIME TARGET: makes all packages. SHARE is what Generate has
# written, TIME the time of the release. POSIX sh.
set -eu
distribution=$1 share=$2 version=$3 target=$5
here=${0%/*}
epoch=$(date -d "$4" +%s)
mkdir -p -- "$target"
say() {
  echo "packages: $*" >&2
}

sh "$here/stage.sh" "$distribution" "$share" "$target/root"
if command -v dpkg-deb >/dev/null; then
  sh "$here/deb.sh" "$target/root" "$version" "$distribution/CHANGELOG.md" "$epoch" "$target"
else
  say "no Debian packages, because dpkg-deb is missing (package dpkg)"
fi
if command -v rpmbuild >/dev/null; then
  sh "$here/rpm.sh" "$target/root" "$version" "$epoch" "$target"
else
  say "no RPM packages, because rpmbuild is missing (package rpm)"
fi
(cd -- "$target" && ls -l -- *.deb *.rpm 2>/dev/null) >&2 || :
