# build.sh DISTRIBUTION SHARE VERSION TIME TARGET JAVA_HOME: makes all packages, the archive with its own
# Java, and the image. SHARE is what Generate has written, TIME the time of the release, JAVA_HOME the JDK
# whose runtime goes into the archive. POSIX sh.
set -eu
distribution=$1 share=$2 version=$3 target=$5 java_home=$6
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
major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java_home/release")
if [ "${major:-0}" -lt 25 ] || [ ! -x "$java_home/bin/jlink" ]; then
  say "no archive with its own Java, because $java_home is no JDK 25 or later (-Druntime.jdk=)"
else
  sh "$here/runtime.sh" "$distribution" "$share" "$version" "$epoch" "$target" "$java_home"
  if command -v tini-static >/dev/null && command -v busybox >/dev/null; then
    sh "$here/oci.sh" "$version" "$epoch" "$target"
  else
    say "no image, because tini-static or busybox is missing (packages tini and busybox)"
  fi
fi
(cd -- "$target" && ls -l -- *.deb *.rpm *.tar.xz *.tar 2>/dev/null) >&2 || :
