#!/bin/sh
# Starts "nbdkit" as a program that is written for nbdkit does, with that program's probes, options,
# waits and signals, and reads what it reads. POSIX sh; nbdkit is looked for on PATH, but virt-v2v runs
# $NBDKIT if that is set: since 2.9.6 it has a fixed path.
#
#     drop-in.sh PROGRAM LIBDIR DISK [KEY=VALUE ...]
#
# PROGRAM is virt-v2v, cdi, forklift-cold, forklift-warm, migratekit, vjailbreak, xo, xo-map or port.
#
# LIBDIR is VDDK's, DISK a disk on a server as file= takes it; more parameters of vddk may follow. In
# the environment: THUMBPRINT, and PASSWORD_FILE, which holds the server's password. The current
# folder is used for all else. Prints what was found out; fails at the first thing that is wrong.
set -eu

fail() {
  echo "drop-in: $consumer: $*" >&2
  [ ! -e log ] || sed 's/^/  | /' log >&2
  exit 1
}

# Waits until the pid file is there, as the programs do, for so many seconds; then until it is gone
# or the process is.
await_pid_file() {
  tenths=0
  while [ ! -e pid ]; do
    tenths=$((tenths + 1))
    [ "$tenths" -le $(($1 * 10)) ] || fail "no pid file after $1 seconds"
    kill -0 "$server" 2>/dev/null || fail "nbdkit ended before it listened"
    sleep 0.1
  done
  [ "$(cat pid)" = "$server" ] || fail "the pid file holds $(cat pid), but nbdkit is $server"
}

# A port at which nobody listens, below those that the system gives to clients and to tests.
free_port() {
  python3 -c '
import socket, sys
for port in range(int(sys.argv[1]), 32768):
    try:
        socket.create_server(("", port)).close()
    except OSError:
        continue
    print(port)
    break
' $((20000 + $$ % 10000))
}

# Ends it by a signal and wants the exit status of a clean end.
end() {
  kill "-$1" "$server"
  status=0
  wait "$server" || status=$?
  [ "$status" -eq 0 ] || fail "after SIG$1 the exit status was $status"
}

logged() {
  grep -q "$1" log || fail "no line of the log matches '$1'"
}

# A number at least as high as virt-v2v asks for.
check_version() {
  version=$("$nbdkit" --dump-config | sed -n 's/^version=//p')
  echo "$version" | grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+' || fail "version=$version has no three numbers"
  oldest=$(printf '%s\n' 1.45.11 "$version" | sort -V | head -n 1)
  [ "$oldest" = 1.45.11 ] || fail "nbdkit is too old: $version"
  "$nbdkit" --dump-config | grep -q '^version_major=1$' || fail "no version_major=1"
  "$nbdkit" --version | grep -q "^nbdkit $version" || fail "--version does not say nbdkit $version"
}

virt_v2v() {
  "$nbdkit" --version >/dev/null 2>&1 || fail "nbdkit is not installed or not working"
  check_version
  "$nbdkit" --long-options | grep -qx -e --name || fail "--long-options lacks --name"
  "$nbdkit" --short-options | grep -qx -e -U || fail "--short-options lacks -U"
  "$nbdkit" vddk --version >/dev/null 2>&1 || fail "the vddk plugin is not installed"
  for filter in cow blocksize multi-conn count retry cacheextents rate; do
    "$nbdkit" null --filter=$filter --version >/dev/null 2>&1 || fail "there is no filter $filter"
  done
  "$nbdkit" null --filter=nosuch --version >/dev/null 2>&1 && fail "there is a filter nosuch"
  "$nbdkit" null --filter=cow --help | grep -sq 'cow-on-read=.*/PATH' || fail "cow-on-read=PATH"
  "$nbdkit" null --filter=cow --help | grep -sq cow-block-size || fail "cow-block-size"
  "$nbdkit" vddk --dump-plugin >/dev/null 2>&1 || fail "the vddk plugin is not working"
  mkdir cor
  LANG=C "$nbdkit" --name in --exit-with-parent --foreground --pidfile "$PWD/pid" --unix "$PWD/sock" \
    --threads 16 -D nbdkit.backend.datapath=0 -D vddk.stats=1 -D vddk.datapath=0 --exportname / \
    --readonly --verbose --filter multi-conn --filter cow --filter blocksize --filter count \
    --filter retry vddk server=esx user=root vm=moref=vm-1 "password=+$PASSWORD_FILE" \
    "libdir=$libdir" "thumbprint=$THUMBPRINT" minblock=512 maxdata=2M multi-conn-mode=disable \
    cow-block-size=4096 "cow-on-read=$PWD/cor" "export=*/*.vmdk" "$@" 2>log &
  server=$!
  await_pid_file 30
  chmod 0700 sock
  export="nbd+unix:///$(echo "$disk" | sed 's/ /%20/g; s/\[/%5B/g; s/]/%5D/g')?socket=$PWD/sock"
  nbdinfo --size "$export"
  nbdcopy --connections=1 "$export" copy
  end TERM
  logged '^nbdkit\[in\]: debug: VMware VixDiskLib'
  logged '^nbdkit\[in\]: vddk\[[0-9]*\]: debug: '
  logged 'VDDK function stats'
}

# The importer writes the password to a pipe, without a newline, and reads both streams as one.
cdi() {
  nbdkit --dump-plugin vddk "libdir=$libdir" >dump 2>&1 || fail "the plugin is refused: $(cat dump)"
  grep -q '^vddk_library_version=' dump || fail "--dump-plugin names no vddk_library_version"
  tr -d '\n' <"$PASSWORD_FILE" |
    nbdkit --foreground --readonly --exit-with-parent -U "$PWD/sock" --pidfile "$PWD/pid" \
      --filter=retry --filter=cacheextents vddk "libdir=$libdir" server=esx user=root password=-3 \
      "thumbprint=$THUMBPRINT" vm=moref=vm-1 --verbose -D nbdkit.backend.datapath=0 \
      -D vddk.datapath=0 -D vddk.stats=1 "$@" "file=$disk" 3<&0 </dev/null >log 2>&1 &
  server=$!
  await_pid_file 15
  qemu-img info "nbd+unix:///?socket=$PWD/sock" | sed -n 's/.*(\([0-9]*\) bytes).*/\1/p'
  qemu-img convert -f raw -O raw "nbd+unix:///?socket=$PWD/sock" copy
  end INT
  logged '^nbdkit: debug: VMware VixDiskLib'
  logged '^nbdkit: vddk\[[0-9]*\]: debug: DISKLIB-LINK  : Opened '
}

# Forklift has virt-v2v copy the disks of a machine that is turned off, with a configuration for VDDK.
forklift_cold() {
  touch vddk.conf
  virt_v2v "config=$PWD/vddk.conf" "$@"
}

# Those of a machine that runs it leaves to CDI: a snapshot at a time, of which the importer asks the
# extents and reads what is data, with libnbd.
forklift_warm() {
  touch vddk.conf
  nbdkit --dump-plugin vddk "libdir=$libdir" >dump 2>&1 || fail "the plugin is refused: $(cat dump)"
  nbdkit --foreground --readonly --exit-with-parent -U "$PWD/sock" --pidfile "$PWD/pid" \
    --filter=retry --filter=cacheextents vddk "libdir=$libdir" server=esx user=root password=-3 \
    "thumbprint=$THUMBPRINT" vm=moref=vm-1 snapshot=snapshot-7 transports=file:nbdssl:nbd \
    --verbose -D nbdkit.backend.controlpath=0 -D nbdkit.backend.datapath=0 -D vddk.datapath=0 \
    -D vddk.stats=1 "config=$PWD/vddk.conf" "$@" "file=$disk" 3<"$PASSWORD_FILE" >log 2>&1 &
  server=$!
  await_pid_file 15
  nbdsh --base-allocation -u "nbd+unix:///?socket=$PWD/sock" -c '
import nbd
size = h.get_size()
copy = open("copy", "wb")
copy.truncate(size)
at = 0
while at < size:
    entries = []
    count = min(size - at, 1 << 30)
    h.block_status(count, at, lambda context, offset, found, error: entries.extend(found))
    for length, flags in zip(entries[::2], entries[1::2]):
        end = min(at + length, size)
        while at < end:
            part = min(end - at, 1 << 23)
            if not flags & (nbd.STATE_HOLE | nbd.STATE_ZERO):
                copy.seek(at)
                copy.write(h.pread(part, at))
            at += part
print(size)
'
  end INT
  logged '^nbdkit: debug: VMware VixDiskLib'
}

# migratekit has no libdir=: the library is where LD_LIBRARY_PATH says. It kills the server.
migratekit() {
  LD_LIBRARY_PATH=$libdir/lib64 nbdkit --exit-with-parent --readonly --foreground \
    "--unix=$PWD/sock" "--pidfile=$PWD/pid" vddk server=esx user=root \
    "password=$(cat "$PASSWORD_FILE")" "thumbprint=$THUMBPRINT" compression=none vm=moref=vm-1 \
    snapshot=snapshot-7 transports=file:nbdssl:nbd "$disk" "$@" >log 2>&1 &
  server=$!
  await_pid_file 10
  nbdcopy --progress=3 "nbd+unix:///?socket=$PWD/sock" copy --destination-is-zero 3>progress
  grep -q '^100/100$' progress || fail "the copy's progress is $(tail -n 1 progress)"
  nbdinfo --size "nbd+unix:///?socket=$PWD/sock"
  kill_it
}

# vJailbreak writes "-D FLAG" as one word, which names no flag. Its handles read at the same time.
vjailbreak() {
  printf '%s\n' vixDiskLib.nfcAio.Session.BufSizeIn64KB=16 vixDiskLib.nfcAio.Session.BufCount=4 \
    >vddk.conf
  nbdkit --exit-with-parent --readonly --foreground "--unix=$PWD/sock" "--pidfile=$PWD/pid" \
    --verbose "-D vddk.datapath=0" "-D nbdkit.backend.datapath=0" vddk "libdir=$libdir" server=esx \
    user=root "password=$(cat "$PASSWORD_FILE")" "thumbprint=$THUMBPRINT" compression=fastlz \
    "config=$PWD/vddk.conf" transports=file:nbdssl:nbd vm=moref=vm-1 snapshot=snapshot-7 \
    "$disk" "$@" >log 2>&1 &
  server=$!
  await_pid_file 10
  nbdsh -c '
import nbd, os
from concurrent.futures import ThreadPoolExecutor
def connect(i):
    handle = nbd.NBD()
    handle.add_meta_context("base:allocation")
    handle.connect_uri("nbd+unix:///?socket=" + os.getcwd() + "/sock")
    return handle
handles = [connect(i) for i in range(8)]
size = handles[0].get_size()
copy = os.open("copy", os.O_CREAT | os.O_RDWR)
os.truncate(copy, size)
def part(i):
    at, end = size * i // 8, size * (i + 1) // 8
    while at < end:
        found = []
        handles[i].block_status(end - at, at, lambda c, o, entries, e: found.extend(entries),
                                nbd.CMD_FLAG_REQ_ONE)
        length = min(found[0], end - at, 1 << 20)
        if not found[1] & (nbd.STATE_HOLE | nbd.STATE_ZERO):
            os.pwrite(copy, handles[i].pread(length, at), at)
        at += length
with ThreadPoolExecutor(8) as pool:
    list(pool.map(part, range(8)))
print(size)
'
  kill_it
  logged '^nbdkit: vddk\[[0-9]*\]: debug: '
}

# The end that no server notices: its socket and pid file stay.
kill_it() {
  kill -KILL "$server"
  wait "$server" || true
  rm -f sock pid
}

# Xen Orchestra: probes, a port that is connected to until somebody answers, the password gone then,
# the map as JSON, and its own client under the name of the disk. Where it does not ask for
# single-link it has passed an empty word instead; it asks for it only to get the map.
xo() {
  xo_with '' "$@"
}

xo_map() {
  xo_with single-link=true "$@"
}

# xo_with WORD [KEY=VALUE ...]
xo_with() {
  word=$1
  shift
  version=$(nbdkit --version | sed -n 's/.*nbdkit \([0-9.][0-9.]*\).*/\1/p')
  [ "$(printf '%s\n' 1.42.5 "$version" | sort -V | head -n 1)" = 1.42.5 ] ||
    fail "nbdkit is too old for VDDK 9: $version"
  nbdkit --dump-plugin vddk >dump 2>&1 || fail "the plugin is refused: $(cat dump)"
  number=$(free_port)
  LD_LIBRARY_PATH=$libdir/lib64 nbdkit -r -v -f --exit-with-parent --threads=1 "--port=$number" \
    vddk compression=fastlz "thumbprint=$THUMBPRINT" server=esx user=root \
    "password=+$PASSWORD_FILE" "libdir=$libdir" vm=moref=vm-1 "$word" "$disk" "$@" >out 2>log &
  server=$!
  until python3 -c "import socket; socket.create_connection(('127.0.0.1', $number)).close()" \
    2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "nbdkit ended before it listened"
    sleep 0.05
  done
  rm -- "$PASSWORD_FILE"
  name=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], ""))' "$disk")
  nbdinfo --json --map "nbd://127.0.0.1:$number/$name" >map
  python3 -c '
import json
at = 0
for entry in json.load(open("map")):
    assert entry["offset"] == at and entry["type"] in (0, 1, 2, 3), entry
    at += entry["length"]
print(at)
'
  nbdcopy --connections=1 "nbd://127.0.0.1:$number/$name" copy
  end TERM
}

# Those that take a port and delete the password's file soon after.
port() {
  number=$(free_port)
  nbdkit --foreground --exit-with-parent --readonly "--port=$number" --ipaddr=127.0.0.1 vddk \
    "libdir=$libdir" server=esx user=root "password=+$PASSWORD_FILE" "thumbprint=$THUMBPRINT" \
    vm=moref=vm-1 "$@" "file=$disk" 2>log &
  server=$!
  until nbdinfo --size "nbd://127.0.0.1:$number" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "nbdkit ended before it listened"
    sleep 0.1
  done
  rm -- "$PASSWORD_FILE"
  nbdcopy --connections=1 "nbd://127.0.0.1:$number" copy
  end TERM
}

nbdkit=${NBDKIT:-nbdkit}
consumer=$1 libdir=$2 disk=$3
shift 3
case $consumer in
  virt-v2v) virt_v2v "$@" ;;
  cdi) cdi "$@" ;;
  forklift-cold) forklift_cold "$@" ;;
  forklift-warm) forklift_warm "$@" ;;
  migratekit) migratekit "$@" ;;
  vjailbreak) vjailbreak "$@" ;;
  xo) xo "$@" ;;
  xo-map) xo_map "$@" ;;
  port) port "$@" ;;
  *) fail "unknown program" ;;
esac
[ ! -e sock ] || fail "the socket is left"
