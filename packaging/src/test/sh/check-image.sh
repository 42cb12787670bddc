# check-image.sh IMAGE VERSION ARCHIVE FOLDER: unpacks the OCI image into the new FOLDER, and runs it as
# a container engine does: as nobody, with a read-only root, and tini as process 1. Then does the same
# with the runtime archive in a folder of the image's system, which has no other Java. Needs root, and
# umoci, skopeo, openssl. POSIX sh.
set -eu
image=$1 version=$2 archive=$3 folder=$4
mkdir -- "$folder"
folder=$(cd -- "$folder" && pwd)
root=$folder/bundle/rootfs
export root

fail() {
  echo "check-image.sh: error: $*" >&2
  exit 1
}

skopeo copy -q "oci-archive:$image:$version" "oci:$folder/layout:$version"
umoci unpack --image "$folder/layout:$version" "$folder/bundle" >/dev/null 2>&1
[ ! -e "$root/usr/lib/jvm" ] || fail "the image has a second Java"
tar -xf "$archive" -C "$root/usr"
chmod 1777 "$root/tmp"

# run WORD...: what the image runs, in name spaces of its own that end with it.
run() {
  unshare --mount --pid --fork --kill-child --propagation private sh -eu -c '
    mount --bind "$root" "$root"
    mount -t tmpfs -o mode=1777 none "$root/tmp"
    mount -t tmpfs -o mode=755 none "$root/dev"
    mkdir "$root/dev/shm" && chmod 1777 "$root/dev/shm"
    device() { mknod -m 666 "$root/dev/$1" c 1 "$2"; }
    device null 3
    device zero 5
    device random 8
    device urandom 9
    ln -s /proc/self/fd "$root/dev/fd"
    mount -t proc none "$root/proc"
    mount -o remount,bind,ro "$root"
    cd "$root"
    exec env -i PATH=/usr/bin:/bin:/sbin HOME=/nonexistent \
      chroot --userspec=65534:65534 --groups= "$root" /sbin/tini -- "$@"' sh "$@"
}

milliseconds() {
  start=$(date +%s%N)
  "$@" >/dev/null
  echo $((($(date +%s%N) - start) / 1000000))
}

# A server whose certificate no one has signed: a client that says so has done a handshake.
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 1 -keyout "$folder/key" \
  -out "$folder/certificate" 2>/dev/null
mkfifo "$folder/accepts"
openssl s_server -accept 127.0.0.1:0 -key "$folder/key" -cert "$folder/certificate" -www \
  >"$folder/accepts" 2>/dev/null &
https_server=$!
trap 'kill "$https_server" 2>/dev/null' EXIT
exec 3<"$folder/accepts"
while read -r word address <&3 && [ "$word" != ACCEPT ]; do :; done
port=${address##*:}

archived=/usr/nbd-core-$version-linux-$(uname -m)
for home in /usr/lib/nbd-core "$archived"; do
  nbd_core=$home/bin/nbd-core
  echo "== $home"
  run "$nbd_core" --version
  # the first command of the README
  size=$(run sh -c 'cp /usr/nbd-core-*/examples/disks/* /tmp; '"$nbd_core"' vddk --filter=blocksize minblock=512 \
    /tmp/hello.vmdk \
    --run '"'$home/bin/nbd-info --size \"\$uri\"'")
  [ "$size" -gt 0 ] || fail "vddk: size '$size'"
  echo "vddk serves $size bytes"
  # the root is read-only, and nobody is the user
  seen=$(run "$nbd_core" memory 1M --run 'id=$(grep ^Uid: /proc/self/status); touch /x 2>/dev/null && echo writable; echo $id')
  [ "$seen" = "Uid: 65534 65534 65534 65534" ] || fail "as nobody: '$seen'"
  # keys, metrics and JMX, an HTTP server as disk, JSON
  tls=$(run sh -c 'echo "u:00112233445566778899aabbccddeeff" >/tmp/psk; '"$nbd_core"' --tls=require --tls-psk=/tmp/psk memory 1M \
    --run '"'$home/bin/nbd-info --size \"\$uri\"'")
  [ "$tls" = 1048576 ] || fail "TLS: '$tls'"
  metrics=$(run "$nbd_core" --metrics=127.0.0.1:0 -v memory 1M --run "$home/bin/nbd-info --size \"\$uri\"" 2>&1)
  case $metrics in *"status page at http://127.0.0.1:"*1048576*) ;; *) fail "metrics: $metrics" ;; esac
  https=$(run "$nbd_core" curl "https://127.0.0.1:$port/x" --run "$home/bin/nbd-info \"\$uri\"" 2>&1 || :)
  case $https in *certificat*) ;; *) fail "an HTTPS server with a certificate of its own: $https" ;; esac
  echo "TLS, metrics, JMX, curl: in order"
  echo "start and stop of a server, in ms: $(for _ in 1 2 3; do milliseconds run "$nbd_core" null --run true; done | tr '\n' ' ')"
done

# A signal to process 1 ends the server, and an orphan leaves no zombie.
fifo=$folder/bundle/started
mkfifo "$fifo"
run /usr/lib/nbd-core/bin/nbd-core --foreground --print-uri -U /tmp/socket memory 1M >"$fifo" &
unshared=$!
read -r uri <"$fifo"
tini=$(pgrep -P "$(pgrep -P "$unshared")")
nsenter -t "$tini" -p -m -r -w /bin/sh -c 'sh -c "true &" &' || fail "cannot enter the container"
zombies=$(ps -o stat= --ppid "$tini" | grep -c Z || :)
kill -TERM "$tini"
wait "$unshared" && status=0 || status=$?
echo "process 1 is $tini ($uri): zombies $zombies, status after SIGTERM $status"
[ "$status" -eq 0 ] && [ "$zombies" -eq 0 ] || fail "process 1"
echo "the image and the archive are in order"
