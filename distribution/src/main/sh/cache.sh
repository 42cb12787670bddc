# The start-up cache of the commands: a file that holds the classes in the form that one JVM has in
# memory. Read by launcher.sh with a dot; POSIX sh. No command waits for the cache unless told to,
# and none fails because of it.
#
# Beside a cache lies a file .for. It says in its one line what the cache was made for, and has the
# same time of change. A cache without it, or changed since, is not used and is made anew.
# A file .checked beside it names the boot of the machine in which a JVM has added all of it up.

# Sets $_nbd_relevant to the words of the JVM's options from the environment for which a cache has to be
# made. False for options with which none can be.
find_relevant() {
  _nbd_relevant=
  for _nbd_word in ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-} ${NBD_CORE_JAVA_OPTS:-}; do
    case $_nbd_word in
      -D* | -ea* | -da* | -Xlog* | -Xss* | -XX:NativeMemoryTracking=* | -XX:*Print* | -XX:*HeapDump* | -XX:*File=*) ;;
      -Xshare* | -XX:AOT* | -XX:*Archive* | -XX:Flags=*) return 1 ;;
      -Xm* | -XX:*) _nbd_relevant="$_nbd_relevant $_nbd_word" ;;
      *) return 1 ;;
    esac
  done
}

# Sets $_nbd_cache to the file called $1 in the folder $2, and $_nbd_made_for to what it has to be made for.
name_cache() {
  _nbd_cache=$2/$1-${_nbd_java_home##*/}-$_nbd_java_version
  if [ -n "$_nbd_relevant" ]; then
    _nbd_sum=$(printf '%s' "$_nbd_relevant" | cksum)
    _nbd_cache=$_nbd_cache-${_nbd_sum%% *}
  fi
  if [ "$_nbd_java_major" -ge 25 ]; then
    _nbd_cache=$_nbd_cache.aot
  else
    _nbd_cache=$_nbd_cache.jsa
  fi
  # The line is kept short, as a shell reads it byte by byte. is_fresh looks at the files; and a JVM that
  # refuses a cache, because jars have been exchanged for older ones say, has it made anew.
  _nbd_made_for="$_nbd_java_home $_nbd_java_version$_nbd_relevant $_nbd_home $_nbd_jars"
  # With a Java of its own inside, the distribution may be moved.
  case $_nbd_java_home in
    "$_nbd_home"/*) _nbd_made_for="${_nbd_java_home#"$_nbd_home/"} $_nbd_java_version$_nbd_relevant $_nbd_jars" ;;
  esac
}

# Whether there is a file $1 and no jar and no script, which sets options, is newer.
is_fresh() {
  [ -e "$1" ] || return 1
  for _nbd_jar in "$_nbd_home"/lib "$_nbd_home"/lib/launcher.sh "$_nbd_home"/lib/*.jar \
    "$_nbd_home"/lib/third-party "$_nbd_java_home/release"; do
    [ ! "$_nbd_jar" -nt "$1" ] || return 1
  done
  return 0
}

# Whether nobody has changed the file $1 since it was finished with the cache.
is_unchanged() {
  [ -s "$1" ] && [ ! "$1" -nt "$_nbd_cache.for" ] && [ ! "$1" -ot "$_nbd_cache.for" ]
}

cache_is_usable() {
  [ -s "$_nbd_cache.for" ] && is_unchanged "$_nbd_cache" && is_fresh "$_nbd_cache" || return 1
  IFS= read -r _nbd_line <"$_nbd_cache.for" && [ "$_nbd_line" = "$_nbd_made_for" ]
}

# Sets $_nbd_cache, empty if there is no place for one, and $_nbd_cache_option, and has the cache called $1
# made in the background if there is none. The rest of the words is for train.
use_cache() {
  _nbd_cache= _nbd_cache_option=-Xshare:auto _nbd_usable=
  [ "${NBD_CORE_CACHE:-}" != off ] && find_relevant || return 0
  if [ -n "${NBD_CORE_CACHE:-}" ]; then
    name_cache "$1" "$NBD_CORE_CACHE$_nbd_home"
  else
    name_cache "$1" "$_nbd_home/cache"
  fi
  if cache_is_usable; then
    _nbd_usable=yes
  elif [ -z "${NBD_CORE_CACHE:-}" ] && [ ! -w "$_nbd_home/cache" ] &&
    { [ -e "$_nbd_home/cache" ] || [ ! -w "$_nbd_home" ]; }; then
    name_cache "$1" "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/nbd-core$_nbd_home"
    ! cache_is_usable || _nbd_usable=yes
  fi
  case $_nbd_cache in
    *:*) _nbd_cache= _nbd_usable= && return 0 ;; # the JVM takes that for two files
  esac
  if [ -n "$_nbd_usable" ]; then
    _nbd_cache_option=-XX:SharedArchiveFile=$_nbd_cache
    [ "${_nbd_cache%.aot}" = "$_nbd_cache" ] || _nbd_cache_option=-XX:AOTCache=$_nbd_cache
    find_boot
    is_checked || _nbd_options="$_nbd_options -XX:+VerifySharedSpaces"
  elif [ -n "${NBD_CORE_CACHE_WAIT:-}" ]; then
    (train "$@" </dev/null >/dev/null 2>&1) || :
  elif ! is_fresh "$_nbd_cache.failed" || [ -n "$(find "$_nbd_cache.failed" -prune -mmin +60)" ]; then
    # A shell that redirects a function's streams keeps the old ones: who reads the command's output
    # would wait for the training. And a child of its own would stay a zombie.
    (exec </dev/null >/dev/null 2>&1 && train "$@" &)
  fi
}

# Sets $_nbd_check to what the file .checked says if the cache has been checked since the machine was started.
find_boot() {
  _nbd_check=
  [ -r /proc/sys/kernel/random/boot_id ] || return 0
  IFS= read -r _nbd_check </proc/sys/kernel/random/boot_id || :
  _nbd_check="$_nbd_check $_nbd_cache"
}

# Damage below the file system would crash a JVM that does not add up all of the cache first. It comes
# with a power cut or a bad copy, so once a boot and place is enough.
is_checked() {
  [ -n "$_nbd_check" ] && [ -r "$_nbd_cache.checked" ] && IFS= read -r _nbd_line <"$_nbd_cache.checked" &&
    [ "$_nbd_line" = "$_nbd_check" ]
}

# Has the cache made anew by the next command, and does without it in this one.
give_up_cache() {
  rm -f -- "$_nbd_cache.for"
  _nbd_cache_option=-Xshare:auto
}

# Sets $_nbd_help to the file in which the training has put what --help prints, with $_nbd_placeholder for the
# program's name. False if there is none, or if jars of third parties have to be named too.
_nbd_placeholder=@program@
help_is_known() {
  [ -n "$_nbd_usable" ] && [ -z "${NBD_CORE_PLUGIN_PATH:-}${NBD_CORE_JAVA_OPTS:-}" ] || return 1
  for _nbd_jar in "$_nbd_home"/plugins/*.jar; do
    [ ! -e "$_nbd_jar" ] || return 1
  done
  _nbd_help=${_nbd_cache%.*}.help
  is_unchanged "$_nbd_help"
}

# Makes the cache by a run of its own, so that no command of the user's waits for it (unless
# NBD_CORE_CACHE_WAIT is set, as packages do when they are installed). It appears whole or not at
# all; if it cannot be made, that is noted and not tried again for an hour.
train() {
  exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # the caller may wait for their end
  _nbd_lock=$_nbd_cache.lock
  mkdir -p -- "${_nbd_cache%/*}" || return
  if ! mkdir -- "$_nbd_lock"; then
    # Another one is at it, unless it was killed long ago.
    [ -z "$(find "$_nbd_lock" -prune -mmin +10)" ] || rmdir -- "$_nbd_lock"
    return
  fi
  _nbd_part=$_nbd_cache.$$
  trap 'rm -f -- "$_nbd_part"*; rmdir -- "$_nbd_lock"' EXIT
  trap 'exit 1' HUP INT TERM
  rm -f -- "${_nbd_cache%.*}".[a-z]*.[0-9]* # what one that was killed has left
  _nbd_run=
  command -v setsid >/dev/null && _nbd_run=setsid
  # Somebody waits: other programs may need all processors for as long as they run.
  [ -n "${NBD_CORE_CACHE_WAIT:-}" ] || { command -v nice >/dev/null && _nbd_run="$_nbd_run nice -n 19"; }
  shift
  if make_cache "$@" && [ -s "$_nbd_part" ] && works "$@" && keep; then
    rm -f -- "$_nbd_cache.failed"
  else
    : >"$_nbd_cache.failed"
  fi
}

# Runs what the words say in a JVM that writes $_nbd_part, or fails.
make_cache() {
  case $_nbd_cache in
    *.aot) _nbd_dump="-XX:AOTCacheOutput=$_nbd_part" ;;
    *) _nbd_dump="-XX:ArchiveClassesAtExit=$_nbd_part" ;;
  esac
  # shellcheck disable=SC2086
  case $1 in
    org.nbdcore.client.*)
      # A client needs a server to show it on, which puts its address into $uri. The server's own
      # launcher uses the names of this one, so the client's command gets others.
      _nbd_training_java=$_nbd_java
      _nbd_training_dump=$_nbd_dump
      _nbd_training_path=$_nbd_class_path
      _nbd_training_main=$1
      _nbd_training_arguments=$2
      export NBD_CORE_CACHE=off _nbd_training_java _nbd_training_dump _nbd_training_path
      export _nbd_training_main _nbd_training_arguments
      $_nbd_run "$_nbd_home/bin/nbd-core" memory 1M --run \
        "\"\$_nbd_training_java\" $_nbd_options $_nbd_relevant \"\$_nbd_training_dump\" \
          -cp \"\$_nbd_training_path\" \$_nbd_training_main \"\$uri\" \$_nbd_training_arguments"
      ;;
    *)
      $_nbd_run "$_nbd_java" $_nbd_options $_nbd_relevant "$_nbd_dump" -cp "$_nbd_class_path" "-Dnbdcore.home=$_nbd_home" "$@"
      ;;
  esac
}

# Whether a JVM starts with $_nbd_part as it does later. Notes the text of --help if it is the program's.
works() {
  _nbd_option=-XX:SharedArchiveFile=$_nbd_part
  [ "${_nbd_cache%.aot}" = "$_nbd_cache" ] || _nbd_option=-XX:AOTCache=$_nbd_part
  _nbd_question=--version
  [ "$1" != org.nbdcore.cli.Main ] || _nbd_question=--help
  # shellcheck disable=SC2086
  $_nbd_run "$_nbd_java" $_nbd_options $_nbd_relevant "$_nbd_option" -XX:+VerifySharedSpaces -cp "$_nbd_class_path" \
    "-Dnbdcore.home=$_nbd_home" "-Dnbdcore.program=$_nbd_placeholder" org.nbdcore.cli.Main $_nbd_question >"$_nbd_part.help"
}

# Puts $_nbd_part in the place of the cache: on the disk before it gets its name, so that a power cut
# leaves no file of zeroes.
keep() {
  printf '%s\n' "$_nbd_made_for" >"$_nbd_part.for" && touch -r "$_nbd_part" -- "$_nbd_part.for" "$_nbd_part.help" || return
  sync "$_nbd_part" "$_nbd_part.for" "$_nbd_part.help" || sync
  rm -f -- "$_nbd_cache.for" "$_nbd_cache.checked"
  mv -f -- "$_nbd_part" "$_nbd_cache" || return
  if [ "$_nbd_question" = --help ]; then
    mv -f -- "$_nbd_part.help" "${_nbd_cache%.*}.help" || return
  fi
  mv -f -- "$_nbd_part.for" "$_nbd_cache.for"
}
