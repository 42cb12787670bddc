# The start-up cache of the commands: a file that holds the classes in the form that one JVM has in
# memory. Read by launcher.sh with a dot; POSIX sh. No command waits for the cache unless told to,
# and none fails because of it.
#
# Beside a cache lies a file .for. It says in its one line what the cache was made for, and has the
# same time of change. A cache without it, or changed since, is not used and is made anew.
# A file .checked beside it names the boot of the machine in which a JVM has added all of it up.

# Sets $relevant to the words of the JVM's options from the environment for which a cache has to be
# made. False for options with which none can be.
find_relevant() {
  relevant=
  for word in ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-} ${NBD_CORE_JAVA_OPTS:-}; do
    case $word in
      -D* | -ea* | -da* | -Xlog* | -Xss* | -XX:NativeMemoryTracking=* | -XX:*Print* | -XX:*HeapDump* | -XX:*File=*) ;;
      -Xshare* | -XX:AOT* | -XX:*Archive* | -XX:Flags=*) return 1 ;;
      -Xm* | -XX:*) relevant="$relevant $word" ;;
      *) return 1 ;;
    esac
  done
}

# Sets $cache to the file called $1 in the folder $2, and $made_for to what it has to be made for.
name_cache() {
  cache=$2/$1-${java_home##*/}-$java_version
  if [ -n "$relevant" ]; then
    sum=$(printf '%s' "$relevant" | cksum)
    cache=$cache-${sum%% *}
  fi
  if [ "$java_major" -ge 25 ]; then
    cache=$cache.aot
  else
    cache=$cache.jsa
  fi
  # The line is kept short, as a shell reads it byte by byte. is_fresh looks at the files; and a JVM that
  # refuses a cache, because jars have been exchanged for older ones say, has it made anew.
  made_for="$java_home $java_version$relevant $home $jars"
  # With a Java of its own inside, the distribution may be moved.
  case $java_home in
    "$home"/*) made_for="${java_home#"$home/"} $java_version$relevant $jars" ;;
  esac
}

# Whether there is a file $1 and no jar and no script, which sets options, is newer.
is_fresh() {
  [ -e "$1" ] || return 1
  for jar in "$home"/lib "$home"/lib/launcher.sh "$home"/lib/*.jar "$home"/lib/third-party "$java_home/release"; do
    [ ! "$jar" -nt "$1" ] || return 1
  done
  return 0
}

# Whether nobody has changed the file $1 since it was finished with the cache.
is_unchanged() {
  [ -s "$1" ] && [ ! "$1" -nt "$cache.for" ] && [ ! "$1" -ot "$cache.for" ]
}

cache_is_usable() {
  [ -s "$cache.for" ] && is_unchanged "$cache" && is_fresh "$cache" || return 1
  IFS= read -r line <"$cache.for" && [ "$line" = "$made_for" ]
}

# Sets $cache, empty if there is no place for one, and $cache_option, and has the cache called $1
# made in the background if there is none. The rest of the words is for train.
use_cache() {
  cache= cache_option=-Xshare:auto usable=
  [ "${NBD_CORE_CACHE:-}" != off ] && find_relevant || return 0
  if [ -n "${NBD_CORE_CACHE:-}" ]; then
    name_cache "$1" "$NBD_CORE_CACHE$home"
  else
    name_cache "$1" "$home/cache"
  fi
  if cache_is_usable; then
    usable=yes
  elif [ -z "${NBD_CORE_CACHE:-}" ] && [ ! -w "$home/cache" ] && { [ -e "$home/cache" ] || [ ! -w "$home" ]; }; then
    name_cache "$1" "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/nbd-core$home"
    ! cache_is_usable || usable=yes
  fi
  case $cache in
    *:*) cache= usable= && return 0 ;; # the JVM takes that for two files
  esac
  if [ -n "$usable" ]; then
    cache_option=-XX:SharedArchiveFile=$cache
    [ "${cache%.aot}" = "$cache" ] || cache_option=-XX:AOTCache=$cache
    find_boot
    is_checked || options="$options -XX:+VerifySharedSpaces"
  elif [ -n "${NBD_CORE_CACHE_WAIT:-}" ]; then
    (train "$@" </dev/null >/dev/null 2>&1) || :
  elif ! is_fresh "$cache.failed" || [ -n "$(find "$cache.failed" -prune -mmin +60)" ]; then
    # A shell that redirects a function's streams keeps the old ones: who reads the command's output
    # would wait for the training. And a child of its own would stay a zombie.
    (exec </dev/null >/dev/null 2>&1 && train "$@" &)
  fi
}

# Sets $check to what the file .checked says if the cache has been checked since the machine was started.
find_boot() {
  check=
  [ -r /proc/sys/kernel/random/boot_id ] || return 0
  IFS= read -r check </proc/sys/kernel/random/boot_id || :
  check="$check $cache"
}

# Damage below the file system would crash a JVM that does not add up all of the cache first. It comes
# with a power cut or a bad copy, so once a boot and place is enough.
is_checked() {
  [ -n "$check" ] && [ -r "$cache.checked" ] && IFS= read -r line <"$cache.checked" &&
    [ "$line" = "$check" ]
}

# Has the cache made anew by the next command, and does without it in this one.
give_up_cache() {
  rm -f -- "$cache.for"
  cache_option=-Xshare:auto
}

# Sets $help to the file in which the training has put what --help prints, with $placeholder for the
# program's name. False if there is none, or if jars of third parties have to be named too.
placeholder=@program@
help_is_known() {
  [ -n "$usable" ] && [ -z "${NBD_CORE_PLUGIN_PATH:-}${NBD_CORE_JAVA_OPTS:-}" ] || return 1
  for jar in "$home"/plugins/*.jar; do
    [ ! -e "$jar" ] || return 1
  done
  help=${cache%.*}.help
  is_unchanged "$help"
}

# Makes the cache by a run of its own, so that no command of the user's waits for it (unless
# NBD_CORE_CACHE_WAIT is set, as packages do when they are installed). It appears whole or not at
# all; if it cannot be made, that is noted and not tried again for an hour.
train() {
  exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # the caller may wait for their end
  lock=$cache.lock
  mkdir -p -- "${cache%/*}" || return
  if ! mkdir -- "$lock"; then
    # Another one is at it, unless it was killed long ago.
    [ -z "$(find "$lock" -prune -mmin +10)" ] || rmdir -- "$lock"
    return
  fi
  part=$cache.$$
  trap 'rm -f -- "$part"*; rmdir -- "$lock"' EXIT
  trap 'exit 1' HUP INT TERM
  rm -f -- "${cache%.*}".[a-z]*.[0-9]* # what one that was killed has left
  run=
  command -v setsid >/dev/null && run=setsid
  # Somebody waits: other programs may need all processors for as long as they run.
  [ -n "${NBD_CORE_CACHE_WAIT:-}" ] || { command -v nice >/dev/null && run="$run nice -n 19"; }
  shift
  if make_cache "$@" && [ -s "$part" ] && works "$@" && keep; then
    rm -f -- "$cache.failed"
  else
    : >"$cache.failed"
  fi
}

# Runs what the words say in a JVM that writes $part, or fails.
make_cache() {
  case $cache in
    *.aot) dump="-XX:AOTCacheOutput=$part" ;;
    *) dump="-XX:ArchiveClassesAtExit=$part" ;;
  esac
  # shellcheck disable=SC2086
  case $1 in
    org.nbdcore.client.*)
      # A client needs a server to show it on, which puts its address into $uri.
      training_main=$1
      training_arguments=$2
      export NBD_CORE_CACHE=off java dump class_path training_main training_arguments
      $run "$home/bin/nbd-core" memory 1M --run \
        "\"\$java\" $options $relevant \"\$dump\" -cp \"\$class_path\" \$training_main \"\$uri\" \$training_arguments"
      ;;
    *)
      $run "$java" $options $relevant "$dump" -cp "$class_path" "-Dnbdcore.home=$home" "$@"
      ;;
  esac
}

# Whether a JVM starts with $part as it does later. Notes the text of --help if it is the program's.
works() {
  option=-XX:SharedArchiveFile=$part
  [ "${cache%.aot}" = "$cache" ] || option=-XX:AOTCache=$part
  question=--version
  [ "$1" != org.nbdcore.cli.Main ] || question=--help
  # shellcheck disable=SC2086
  $run "$java" $options $relevant "$option" -XX:+VerifySharedSpaces -cp "$class_path" \
    "-Dnbdcore.home=$home" "-Dnbdcore.program=$placeholder" org.nbdcore.cli.Main $question >"$part.help"
}

# Puts $part in the place of the cache: on the disk before it gets its name, so that a power cut
# leaves no file of zeroes.
keep() {
  printf '%s\n' "$made_for" >"$part.for" && touch -r "$part" -- "$part.for" "$part.help" || return
  sync "$part" "$part.for" "$part.help" || sync
  rm -f -- "$cache.for" "$cache.checked"
  mv -f -- "$part" "$cache" || return
  if [ "$question" = --help ]; then
    mv -f -- "$part.help" "${cache%.*}.help" || return
  fi
  mv -f -- "$part.for" "$cache.for"
}
