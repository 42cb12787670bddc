# rpm.sh ROOT VERSION EPOCH TARGET: makes the RPM packages of the staged tree ROOT. Needs rpmbuild.
# POSIX sh.
set -eu
umask 022
root=$1 version=$(printf '%s' "$2" | tr - '~') epoch=$3 target=$4
here=$(cd -- "${0%/*}/.." && pwd)
work=$target/rpm
export SOURCE_DATE_EPOCH="$epoch"
rm -rf -- "$work"
mkdir -p -- "$work"
# Where Fedora has what Debian has elsewhere.
cp -R -- "$root" "$work/tree"
mkdir -p -- "$work/tree/usr/share/licenses/nbd-core" "$work/tree/usr/share/zsh/site-functions"
cp -- "$here/deb/copyright" "$work/tree/usr/share/licenses/nbd-core/COPYRIGHT"
mv -- "$work/tree"/usr/share/zsh/vendor-completions/* "$work/tree/usr/share/zsh/site-functions/"
rmdir -- "$work/tree/usr/share/zsh/vendor-completions"
rpmbuild -bb --quiet --target noarch \
  --define "_topdir $work/top" --define "_rpmdir $work" --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \
  --define "staged $work/tree" --define "package_version $version" \
  --define "use_source_date_epoch_as_buildtime 1" --define "clamp_mtime_to_source_date_epoch 1" \
  --define "_buildhost localhost" \
  "$here/rpm/nbd-core.spec" >&2
mv -- "$work"/*.rpm "$target/"
