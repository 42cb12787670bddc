# What the commands of nbd-core share. Read by the scripts in ../bin with a dot; POSIX sh.
# Before that they set $launcher to where they lie, links resolved; prepare sets what they then need.
#
# Every process that a script starts costs a millisecond or more, so whatever each command needs is
# done by the shell itself.

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

# The newest Java of 17 or later, in $java; NBD_CORE_JAVA decides if it is set.
find_java() {
  java_rank=0
  java_home=
  if [ -n "${NBD_CORE_JAVA:-}" ]; then
    case $NBD_CORE_JAVA in
      */bin/java) consider "${NBD_CORE_JAVA%/bin/java}" ;;
      *) consider "$NBD_CORE_JAVA" ;;
    esac
    [ -n "$java_home" ] || fail "NBD_CORE_JAVA is '$NBD_CORE_JAVA', where no Java of 17 or later is"
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
find_class_path() {
  class_path=$home/lib/services.jar
  for jar in "$home"/lib/*-*.jar "$home"/lib/third-party/*.jar; do
    class_path=$class_path:$jar
  done
}

# A file that holds the classes in the form that this very JVM has in memory: $cache, empty if there
# is no place for it. Its name says for which Java it is; a jar that is newer makes it stale. (The
# JVM checks the same and more, and does without it where it does not fit.)
find_cache() {
  case ${NBD_CORE_CACHE:-} in
    off) cache= && return 0 ;;
    "")
      cache=$home/cache
      if [ ! -d "$cache" ] && [ ! -w "$home" ]; then
        cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/nbd-core
      fi
      ;;
    *) cache=$NBD_CORE_CACHE ;;
  esac
  if [ "$java_major" -ge 25 ]; then
    cache=$cache/$1-${java_home##*/}-$java_version.aot
  else
    cache=$cache/$1-${java_home##*/}-$java_version.jsa
  fi
}

cache_is_fresh() {
  [ -e "$1" ] || return 1
  for jar in "$home"/lib/*.jar; do
    [ "$jar" -nt "$1" ] && return 1
  done
  return 0
}

# Sets $home, $java, $class_path, $options and $cache_option (one word each but for $options), and has
# the cache called $1 made if there is none. $2 and what follows is the main class and the arguments
# of a run that shows which classes are needed.
prepare() {
  home=$(cd -P -- "${launcher%/*}/.." && pwd -P) || fail "cannot enter the folder of '$launcher'"
  find_java
  find_class_path
  find_cache "$1"
  # Small and quick to start: a server's memory is in direct buffers, not in the heap.
  options="-XX:+UseSerialGC -Xms8m -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr"
  options="$options -Djdk.reflect.useNativeAccessorOnly=true"
  [ "$java_major" -lt 22 ] || options="$options --enable-native-access=ALL-UNNAMED" # asked for since then
  # A disk in memory takes what it needs, however small the JVM would have it.
  options="$options -XX:MaxDirectMemorySize=1048576t"
  cache_option=-Xshare:auto
  [ -n "$cache" ] || return 0
  if cache_is_fresh "$cache"; then
    case $cache in
      *.aot) cache_option=-XX:AOTCache=$cache ;;
      *) cache_option=-XX:SharedArchiveFile=$cache ;;
    esac
  elif ! cache_is_fresh "$cache.failed"; then
    (train "$@" </dev/null >/dev/null 2>&1 &) # a child of its own would stay a zombie
  fi
}

# Sets $help to the file in which the training has put what --help prints, with $placeholder for the
# program's name. False if there is none, or if jars of third parties have to be named too.
placeholder=@program@
help_is_known() {
  [ -n "$cache" ] && [ -z "${NBD_CORE_PLUGIN_PATH:-}${NBD_CORE_JAVA_OPTS:-}" ] || return 1
  for jar in "$home"/plugins/*.jar; do
    [ ! -e "$jar" ] || return 1
  done
  help=${cache%.*}.help
  cache_is_fresh "$help"
}

# Makes the cache by a run of its own, so that no command of the user's waits for it. It appears
# whole or not at all; where it cannot be made, that is noted and not tried again.
train() {
  lock=$cache.lock
  mkdir -p -- "${cache%/*}" || return
  if ! mkdir -- "$lock"; then
    # Another one is at it, unless it was killed long ago.
    [ -z "$(find "$lock" -prune -mmin +10)" ] || rmdir -- "$lock"
    return
  fi
  part=$cache.$$
  case $cache in
    *.aot) dump="-XX:AOTCacheOutput=$part" ;;
    *) dump="-XX:ArchiveClassesAtExit=$part" ;;
  esac
  run=
  command -v setsid >/dev/null && run=setsid
  command -v nice >/dev/null && run="$run nice -n 19"
  shift
  # shellcheck disable=SC2086
  case $1 in
    org.nbdcore.client.*)
      # A client needs a server to show it on, which puts its address into $uri.
      training_main=$1
      training_arguments=$2
      export NBD_CORE_CACHE=off java dump class_path training_main training_arguments
      $run "$home/bin/nbd-core" memory 1M --run \
        "\"\$java\" $options \"\$dump\" -cp \"\$class_path\" \$training_main \"\$uri\" \$training_arguments"
      ;;
    *)
      $run "$java" $options "$dump" -cp "$class_path" "-Dnbdcore.home=$home" "$@"
      ;;
  esac
  if [ -s "$part" ] && [ "$1" = org.nbdcore.cli.Main ]; then
    # shellcheck disable=SC2086
    "$java" $options -cp "$class_path" "-Dnbdcore.home=$home" "-Dnbdcore.program=$placeholder" \
      "$1" --help >"$part.help" && mv -f -- "$part.help" "${cache%.*}.help"
    rm -f -- "$part.help"
  fi
  if [ -s "$part" ]; then
    mv -f -- "$part" "$cache"
  else
    : >"$cache.failed"
  fi
  rm -f -- "$part"
  rmdir -- "$lock"
}
