# oci.sh VERSION EPOCH TARGET: makes an OCI image of the runtime that runtime.sh has left in TARGET,
# without Docker: an archive in the OCI layout. Its system is what the server needs of this one: the C
# library, busybox as shell, and tini as process 1. There is no home, so that no command tries to make a
# start-up cache that the image lacks. Needs tini-static and busybox. POSIX sh.
set -eu
umask 022
version=$1 epoch=$2 target=$3
machine=$(uname -m)
runtime=$target/nbd-core-$version-linux-$machine
work=$target/oci
rm -rf -- "$work"
mkdir -p -- "$work/layout/blobs/sha256"

case $machine in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) architecture=$machine ;;
esac

# --- Layers ---------------------------------------------------------------------------------------

# Copies files with the libraries that they need.
install_programs() {
  for file; do
    ldd "$file" 2>/dev/null | sed -n 's/^[^/]*\(\/[^ ]*\) (0x.*/\1/p'
  done | sort -u | while read -r library; do
    case $library in
      "$runtime"/*) ;; # found by the JVM itself
      *)
        mkdir -p -- "$system${library%/*}"
        cp -L -- "$library" "$system$library"
        ;;
    esac
  done
}

system=$work/system
mkdir -p -- "$system/bin" "$system/etc" "$system/usr/bin" "$system/usr/lib" "$system/sbin" \
  "$system/run" "$system/var/tmp" "$system/tmp" "$system/proc" "$system/sys" "$system/dev"
cp -L -- "$(command -v busybox)" "$system/bin/busybox"
cp -L -- "$(command -v tini-static)" "$system/sbin/tini"
install_programs "$system/bin/busybox" "$runtime/runtime/bin/java" "$runtime"/runtime/lib/*.so \
  "$runtime/runtime/lib/server/libjvm.so" "$runtime"/lib/native/*/*.so
for applet in sh cat chmod cksum cp date dd echo env find grep head kill ln ls mkdir mkfifo mktemp mv \
  nice od printf ps readlink rm rmdir sed setsid sleep sort stat sync tail tee test touch tr true \
  uname wc xargs; do
  ln -s busybox "$system/bin/$applet"
done
printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n' >"$system/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$system/etc/group"
echo 'hosts: files dns' >"$system/etc/nsswitch.conf"
chmod 1777 -- "$system/tmp" "$system/var/tmp"

mkdir -p -- "$work/java/usr/lib/nbd-core" "$work/program/usr/lib/nbd-core" "$work/program/usr/bin"
cp -a -- "$runtime/runtime" "$work/java/usr/lib/nbd-core/"
for part in bin lib plugins cache LICENSE; do
  cp -a -- "$runtime/$part" "$work/program/usr/lib/nbd-core/"
done
for command in "$runtime"/bin/*; do
  ln -s "../lib/nbd-core/bin/${command##*/}" "$work/program/usr/bin/${command##*/}"
done
ln -s nbd-core "$work/program/usr/bin/nbdkit"
# The times of a start-up cache belong to it; all others are equal in every build.
find "$work/system" "$work/java" "$work/program" -path "$work/program/usr/lib/nbd-core/cache/*" -prune -o \
  -exec touch -h -d "@$epoch" {} +

# --- Layout ---------------------------------------------------------------------------------------

# Puts the file $1 among the blobs; sets $digest and $size.
add_blob() {
  digest=$(sha256sum -- "$1" | cut -d' ' -f1)
  size=$(wc -c <"$1")
  mv -- "$1" "$work/layout/blobs/sha256/$digest"
}

layers= differences=
for layer in system java program; do
  tar --sort=name --owner=0 --group=0 --numeric-owner --format=gnu -C "$work/$layer" \
    -cf "$work/$layer.tar" .
  difference=$(sha256sum -- "$work/$layer.tar" | cut -d' ' -f1)
  gzip -9 -n -- "$work/$layer.tar"
  add_blob "$work/$layer.tar.gz"
  layers="$layers${layers:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$digest\",\"size\":$size}"
  differences="$differences${differences:+,}\"sha256:$difference\""
done

created=$(LC_ALL=C date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/config.json" <<END
{"created":"$created","architecture":"$architecture","os":"linux","config":{
"User":"65534:65534","ExposedPorts":{"10809/tcp":{}},"WorkingDir":"/tmp","StopSignal":"SIGTERM",
"Env":["PATH=/usr/bin:/bin:/sbin","HOME=/nonexistent"],
"Entrypoint":["/sbin/tini","--","/usr/bin/nbd-core","--foreground"],"Cmd":["--help"],
"Labels":{"org.opencontainers.image.title":"nbd-core","org.opencontainers.image.version":"$version",
"org.opencontainers.image.licenses":"Apache-2.0",
"org.opencontainers.image.description":"Server for Network Block Devices (NBD)"}},
"rootfs":{"type":"layers","diff_ids":[$differences]}}
END
add_blob "$work/config.json"
cat >"$work/manifest.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{
"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$digest","size":$size},
"layers":[$layers]}
END
add_blob "$work/manifest.json"
cat >"$work/layout/index.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{
"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$digest","size":$size,
"platform":{"architecture":"$architecture","os":"linux"},
"annotations":{"org.opencontainers.image.ref.name":"$version"}}]}
END
echo '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$work/layout" \
  -cf "$target/nbd-core-$version-oci-$machine.tar" .
