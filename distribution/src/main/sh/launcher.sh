# What the commands of nbd-core share. Read by the scripts in ../bin with a dot; POSIX sh.
# Before that they set $launcher to where they lie, links resolved; prepare sets what they then need.
#
# Every process that a script starts costs a millisecond or more, so whatever each command needs is
# done by the shell itself.
. "${launcher%/*}/../lib/cache.sh"

fail() {
  echo "${0##*/}: error: $*" >&2
  exit 1
}

# Remembers the Java at $1 if it is newer than what was seen before. The file "release", which every
# JDK has, names the version, so that no JVM has to be started for it.
consider() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  version=
  while IFS='="' read -r key _ value _; do
    if [ "$key" = JAVA_VERSION ]; then
      version=$value
      break
    fi
  done <"$1/release"
  IFS=.-_+
  set -- "$1" $version
  unset IFS
  case ${2:-x}${3:-0}${4:-0} in
    *[!0-9]*) set -- "$1" "${2%%[!0-9]*}" 0 0 ;;
  esac
  [ "${2:-0}" -ge 17 ] || return 0
  rank=$((${2:-0} * 1000000 + ${3:-0} * 1000 + ${4:-0}))
  if [ "$rank" -gt "$java_rank" ]; then
    java_rank=$rank
    java_home=$1
    java_version=$version
    java_major=$2
  fi
}

# Sets $java: to the Java in this distribution if it has one of its own, else to the newest of 17 or
# later; NBD_CORE_JAVA decides if it is set.
find_java() {
  java_rank=0
  java_home=
  if [ -n "${NBD_CORE_JAVA:-}" ]; then
    case $NBD_CORE_JAVA in
      */bin/java) consider "${NBD_CORE_JAVA%/bin/java}" ;;
      *) consider "$NBD_CORE_JAVA" ;;
    esac
    [ -n "$java_home" ] || fail "NBD_CORE_JAVA is '$NBD_CORE_JAVA', where no Java of 17 or later is"
  elif [ -x "$home/runtime/bin/java" ]; then
    consider "$home/runtime"
  else
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/java/* \
      "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
      consider "$candidate"
    done
    if [ -z "$java_home" ] && found=$(command -v java); then
      found=$(readlink -f -- "$found")
      consider "${found%/bin/java}"
    fi
  fi
  [ -n "$java_home" ] || fail "no Java of 17 or later found: install a JDK, or set JAVA_HOME to it"
  java=$java_home/bin/java
}

# Ours come first, as a class is looked for in one jar after the other; and before them the jar that
# names the providers of all of ours, so that none of the others is opened to find one.
# $jars is how many there are.
find_class_path() {
  class_path=$home/lib/services.jar jars=1
  for jar in "$home"/lib/*-*.jar "$home"/lib/third-party/*.jar; do
    class_path=$class_path:$jar
    jars=$((jars + 1))
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

# Sets $space to the limit of the process's address space (ulimit -v) in MiB; empty without one.
find_space() {
  space=
  [ -r /proc/self/limits ] || return 0
  while read -r first second third soft _; do
    case "$first $second $third" in
      'Max address space')
        [ "$soft" = unlimited ] || space=$((soft / 1048576))
        return
        ;;
    esac
  done </proc/self/limits
}

# The JVM decodes arguments and names of files as its locale says, and knows no letters but ASCII in
# the locale C, or in one that is not installed. It always gets UTF-8; $caller_locale tells it what
# the caller's LC_ALL was, as the caller's commands get that back.
use_utf8() {
  caller_locale=-Dnbdcore.locale=${LC_ALL+=$LC_ALL}
  LC_ALL=C.UTF-8
  export LC_ALL
}

# Sets $home, $java, $class_path, $options and $cache_option (one word each but for $options), and has
# the cache called $1 made if there is none. $2 and what follows is the main class and the arguments
# of a run that shows which classes are needed. $compiling may hold options about the JVM's compilers;
# a cache holds what that run has found out for them, so it is made with the same.
compiling=
prepare() {
  open_standard_streams
  home=$(cd -P -- "${launcher%/*}/.." && pwd -P) || fail "cannot enter the folder of '$launcher'"
  case $home in *:*) fail "cannot run from '$home': a Java class path has no way to name a folder with a colon" ;; esac
  find_java
  find_class_path
  use_utf8
  options="-XX:-UsePerfData -Xlog:disable $compiling"
  # Small and quick to start: a server's memory is in direct buffers, not in the heap. What a
  # collection frees is given back at once; the program (HeapLimit) sees to it that there is one.
  case " ${NBD_CORE_JAVA_OPTS:-}" in
    *' -XX:+Use'*GC*) ;;
    *)
      options="$options -XX:+UseSerialGC -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30"
      options="$options -XX:-ShrinkHeapInSteps -Dnbdcore.heap=small"
      ;;
  esac
  case " ${NBD_CORE_JAVA_OPTS:-}" in
    *' -Xm'[nsx]* | *' -XX:'*HeapSize=* | *' -XX:'*NewSize=*) ;; # these do not go with just any size
    *) options="$options -Xms16m -Xmn8m" ;;
  esac
  # A start-up cache that does not fit is no error: the JVM starts without it.
  if [ "$java_major" -ge 25 ]; then
    options="$options -Xlog:all=error,cds*=off,aot*=off:stderr"
  else
    options="$options -Xlog:all=error,cds*=off:stderr"
  fi
  options="$options -Djdk.reflect.useNativeAccessorOnly=true"
  [ "$java_major" -lt 22 ] || options="$options --enable-native-access=ALL-UNNAMED" # asked for since then
  find_space
  if [ -z "$space" ]; then
    # A disk in memory takes what it needs, however small the JVM would have it.
    options="$options -XX:MaxDirectMemorySize=1048576t"
    use_cache "$@"
  else
    # With the last of its memory in a disk the JVM itself would end; so it keeps a share.
    own=1536
    [ "$space" -gt 2048 ] || own=$((space * 3 / 4))
    options="$options -XX:MaxDirectMemorySize=$((space - own - space / 8 + 1))m"
    options="$options -XX:CompressedClassSpaceSize=64m -XX:ReservedCodeCacheSize=64m"
    case " ${NBD_CORE_JAVA_OPTS:-}" in
      *' -Xm'[nsx]* | *' -XX:'*HeapSize=* | *' -XX:'*NewSize=*) ;;
      *) options="$options -Xmx$((space / 8 + 16))m" ;;
    esac
    cache= usable= cache_option=-Xshare:auto # a cache would have to be made for each limit
  fi
}
