#!/bin/sh
# Starts the server so many times in a row, in each way there is, and looks at what is left then:
#
#     starts.sh COMMAND COUNT
#
# COMMAND is bin/nbd-core or a link to it. Prints what is left, and fails if that is anything.
set -eu
command=$1 count=$2
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"
mkdir tmp
NBD_CORE_JAVA_OPTS="${NBD_CORE_JAVA_OPTS:-} -Djava.io.tmpdir=$folder/tmp"
MARK_OF_STARTS=$folder
export NBD_CORE_JAVA_OPTS MARK_OF_STARTS

fail() {
  echo "starts: number $i, $way: $*" >&2
  exit 1
}

# Waits up to a minute.
await() {
  tenths=0
  until "$@"; do
    tenths=$((tenths + 1))
    [ "$tenths" -lt 600 ] || fail "waited for in vain: $*"
    sleep 0.1
  done
}

is_gone() { ! kill -0 "$pid" 2>/dev/null; }

i=0
while [ "$i" -lt "$count" ]; do
  i=$((i + 1))
  case $((i % 6)) in
    0) way=background
      "$command" memory 1M -U sock -P pid || fail "status $?"
      pid=$(cat pid) && kill "$pid" && await is_gone ;;
    1) way=run
      "$command" memory 1M --run 'test -S "$unixsocket"' || fail "status $?" ;;
    2) way=foreground
      "$command" -f memory 1M -U sock -P pid &
      await [ -e pid ] && kill -INT $! && wait $! || fail "status $?" ;;
    3) way=failing
      "$command" -f file nosuch -U sock -P pid 2>/dev/null && fail "it started" || true ;;
    4) way=killed-command
      "$command" memory 1M --run 'kill -9 $$' && fail "status 0" || [ $? -eq 137 ] ;;
    5) way=probe
      "$command" memory --dump-plugin >/dev/null || fail "status $?" ;;
  esac
done

way=afterwards
left=$(ls -A tmp; ls -A . | grep -vx tmp || true)
[ -z "$left" ] || fail "files are left: $left"
for environ in /proc/[0-9]*/environ; do
  pid=${environ#/proc/} pid=${pid%/environ}
  if [ "$pid" -ne $$ ] &&
    { tr '\0' '\n' <"$environ"; } 2>/dev/null | grep -qx "MARK_OF_STARTS=$folder"; then
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != java ] || fail "a server is left: $pid"
  fi
done
echo "$count starts, nothing is left"
