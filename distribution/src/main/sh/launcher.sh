# What the commands of nbd-core share. Read by the scripts in ../bin with a dot; POSIX sh.
# Before that they set $_nbd_launcher to where they lie, links resolved; prepare sets what they then need.
#
# Every process that a script starts costs a millisecond or more, so whatever each command needs is
# done by the shell itself.
#
# The names of all variables begin with _nbd_: a shell exports what it assigns to a variable that the
# caller has exported, and the commands of --run and of plugins shall see the caller's own.
. "${_nbd_launcher%/*}/../lib/cache.sh"

fail() {
  echo "${0##*/}: error: $*" >&2
  exit 1
}

# Remembers the Java at $1 if it is newer than what was seen before. The file "release", which every
# JDK has, names the version, so that no JVM has to be started for it.
consider() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  _nbd_version=
  while IFS='="' read -r _nbd_key _nbd_ignored _nbd_value _nbd_ignored; do
    if [ "$_nbd_key" = JAVA_VERSION ]; then
      _nbd_version=$_nbd_value
      break
    fi
  done <"$1/release"
  IFS=.-_+
  set -- "$1" $_nbd_version
  unset IFS
  case ${2:-x}${3:-0}${4:-0} in
    *[!0-9]*) set -- "$1" "${2%%[!0-9]*}" 0 0 ;;
  esac
  [ "${2:-0}" -ge 17 ] || return 0
  _nbd_rank=$((${2:-0} * 1000000 + ${3:-0} * 1000 + ${4:-0}))
  if [ "$_nbd_rank" -gt "$_nbd_java_rank" ]; then
    _nbd_java_rank=$_nbd_rank
    _nbd_java_home=$1
    _nbd_java_version=$_nbd_version
    _nbd_java_major=$2
  fi
}

# Sets $_nbd_java: to the Java in this distribution if it has one of its own, else to the newest of 17 or
# later; NBD_CORE_JAVA decides if it is set.
find_java() {
  _nbd_java_rank=0
  _nbd_java_home=
  if [ -n "${NBD_CORE_JAVA:-}" ]; then
    case $NBD_CORE_JAVA in
      */bin/java) consider "${NBD_CORE_JAVA%/bin/java}" ;;
      *) consider "$NBD_CORE_JAVA" ;;
    esac
    [ -n "$_nbd_java_home" ] || fail "NBD_CORE_JAVA is '$NBD_CORE_JAVA', which contains no Java 17 or later"
  elif [ -x "$_nbd_home/runtime/bin/java" ]; then
    consider "$_nbd_home/runtime"
  else
    for _nbd_candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/java/* \
      "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
      consider "$_nbd_candidate"
    done
    if [ -z "$_nbd_java_home" ] && _nbd_found=$(command -v java); then
      _nbd_found=$(readlink -f -- "$_nbd_found")
      consider "${_nbd_found%/bin/java}"
    fi
  fi
  [ -n "$_nbd_java_home" ] || fail "no Java 17 or later found: install a JDK, or set JAVA_HOME to it"
  _nbd_java=$_nbd_java_home/bin/java
}

# Ours come first, as a class is looked for in one jar after the other; and before them the jar that
# names the providers of all of ours, so that none of the others is opened to find one.
# $_nbd_jars is how many there are.
find_class_path() {
  _nbd_class_path=$_nbd_home/lib/services.jar _nbd_jars=1
  for _nbd_jar in "$_nbd_home"/lib/*-*.jar "$_nbd_home"/lib/third-party/*.jar; do
    _nbd_class_path=$_nbd_class_path:$_nbd_jar
    _nbd_jars=$((_nbd_jars + 1))
  done
}

# A standard stream that the caller has closed (2>&-) is opened on /dev/null. Otherwise the JVM would
# get its number for a file or a socket of its own, and write messages into that.
open_standard_streams() {
  [ -e /proc/self/fd ] || return 0
  [ -e /proc/self/fd/0 ] || exec </dev/null
  [ -e /proc/self/fd/1 ] || exec >/dev/null
  [ -e /proc/self/fd/2 ] || exec 2>/dev/null
}

# Sets $_nbd_space to the limit of the process's address space (ulimit -v) in MiB; empty without one.
find_space() {
  _nbd_space=
  [ -r /proc/self/limits ] || return 0
  while read -r _nbd_first _nbd_second _nbd_third _nbd_soft _nbd_ignored; do
    case "$_nbd_first $_nbd_second $_nbd_third" in
      'Max address space')
        [ "$_nbd_soft" = unlimited ] || _nbd_space=$((_nbd_soft / 1048576))
        return
        ;;
    esac
  done </proc/self/limits
}

# The JVM decodes arguments and names of files as its locale says, and knows no letters but ASCII in
# the locale C, or in one that is not installed. It always gets UTF-8; $_nbd_caller_locale tells it what
# the caller's LC_ALL was, as the caller's commands get that back.
use_utf8() {
  _nbd_caller_locale=-Dnbdcore.locale=${LC_ALL+=$LC_ALL}
  LC_ALL=C.UTF-8
  export LC_ALL
}

# Sets $_nbd_home, $_nbd_java, $_nbd_class_path, $_nbd_options and $_nbd_cache_option (one word each
# but for the options), and has the cache called $1 made if there is none. $2 and what follows is the
# main class and the arguments of a run that shows which classes are needed. $_nbd_compiling may hold
# options about the JVM's compilers; a cache holds what that run has found out for them, so it is made
# with the same.
_nbd_compiling=
prepare() {
  open_standard_streams
  _nbd_home=$(CDPATH= cd -P -- "${_nbd_launcher%/*}/.." && pwd -P) || fail "cannot enter the folder of '$_nbd_launcher'"
  case $_nbd_home in *:*) fail "cannot run from '$_nbd_home': a Java class path has no way to name a folder with a colon" ;; esac
  find_java
  find_class_path
  use_utf8
  _nbd_options="-XX:-UsePerfData -Xlog:disable $_nbd_compiling"
  # Small and quick to start: a server's memory is in direct buffers, not in the heap. What a
  # collection frees is given back at once; the program (HeapLimit) sees to it that there is one.
  case " ${NBD_CORE_JAVA_OPTS:-}" in
    *' -XX:+Use'*GC*) ;;
    *)
      _nbd_options="$_nbd_options -XX:+UseSerialGC -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30"
      _nbd_options="$_nbd_options -XX:-ShrinkHeapInSteps -Dnbdcore.heap=small"
      ;;
  esac
  case " ${NBD_CORE_JAVA_OPTS:-}" in
    *' -Xm'[nsx]* | *' -XX:'*HeapSize=* | *' -XX:'*NewSize=*) ;; # these do not go with just any size
    *) _nbd_options="$_nbd_options -Xms16m -Xmn8m" ;;
  esac
  # A start-up cache that does not fit is no error: the JVM starts without it.
  if [ "$_nbd_java_major" -ge 25 ]; then
    _nbd_options="$_nbd_options -Xlog:all=error,cds*=off,aot*=off:stderr"
  else
    _nbd_options="$_nbd_options -Xlog:all=error,cds*=off:stderr"
  fi
  _nbd_options="$_nbd_options -Djdk.reflect.useNativeAccessorOnly=true"
  [ "$_nbd_java_major" -lt 22 ] || _nbd_options="$_nbd_options --enable-native-access=ALL-UNNAMED" # asked for since then
  find_space
  if [ -z "$_nbd_space" ]; then
    # A disk in memory takes what it needs, however small the JVM would have it.
    _nbd_options="$_nbd_options -XX:MaxDirectMemorySize=1048576t"
    use_cache "$@"
  else
    # With the last of its memory in a disk the JVM itself would end; so it keeps a share.
    _nbd_own=1536
    [ "$_nbd_space" -gt 2048 ] || _nbd_own=$((_nbd_space * 3 / 4))
    _nbd_options="$_nbd_options -XX:MaxDirectMemorySize=$((_nbd_space - _nbd_own - _nbd_space / 8 + 1))m"
    _nbd_options="$_nbd_options -XX:CompressedClassSpaceSize=64m -XX:ReservedCodeCacheSize=64m"
    case " ${NBD_CORE_JAVA_OPTS:-}" in
      *' -Xm'[nsx]* | *' -XX:'*HeapSize=* | *' -XX:'*NewSize=*) ;;
      *) _nbd_options="$_nbd_options -Xmx$((_nbd_space / 8 + 16))m" ;;
    esac
    _nbd_cache= _nbd_usable= _nbd_cache_option=-Xshare:auto # a cache would have to be made for each limit
  fi
}
