# runtime.sh DISTRIBUTION SHARE VERSION EPOCH TARGET JAVA_HOME: makes the archive that needs no Java:
# the distribution with a Java of its own in runtime/, linked from the JDK at JAVA_HOME (25 or later),
# and with the start-up cache. POSIX sh.
set -eu
umask 022
distribution=$1 share=$2 version=$3 epoch=$4 target=$5 java_home=$6
name=nbd-core-$version-linux-$(uname -m)
home=$target/$name

# What jdeps finds in our jars, and what is looked up by name: elliptic curves, JFR, JMX and its agent,
# the HTTP server, charsets of VMDK files.
modules=java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.net.http
modules=$modules,java.desktop,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml
modules=$modules,jdk.charsets,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management
modules=$modules,jdk.management.agent,jdk.management.jfr,jdk.net,jdk.unsupported

# Log4j needs java.beans, so java.desktop is there without the rest of it, which has 14 MB. jlink wants
# each of its packages to contain a file, so one of each stays.
list_unneeded() {
  "$java_home/bin/jimage" list "$java_home/lib/modules" | awk '
    /^Module: / { module = $2; next }
    module != "java.desktop" || NF != 1 { next }
    {
      package = $1
      sub("/[^/]*$", "", package)
      if (package == $1 || package ~ /^(java|com\/sun)\/beans(\/|$)/ || package in kept) next
      kept[package] = 1
      gsub("[.$]", "[&]", $1)
      stays = stays "|" $1 "$"
    }
    END { printf "regex:/java[.]desktop/(?!module-info|java/beans/|com/sun/beans/%s).*\n", stays }'
}

rm -rf -- "$home"
mkdir -p -- "$home"
(cd -- "$distribution" && tar -c --exclude=./cache .) | tar -x -C "$home"
cp -R -- "$share/." "$home/share/"
list_unneeded >"$target/unneeded"
"$java_home/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
  --compress zip-9 --exclude-resources="@$target/unneeded" --exclude-files '/java.desktop/**' \
  --output "$home/runtime"
rm -- "$target/unneeded"
# A package that is sealed belongs to one path of its jar, but the archive may be unpacked anywhere: a
# JVM that takes the package from the cache would not start.
for jar in "$home"/lib/third-party/xz-*.jar; do
  printf 'Sealed: false\n' >"$home/unsealed"
  "$java_home/bin/jar" --update --date "$(LC_ALL=C date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)" \
    --file "$jar" --manifest "$home/unsealed" 2>/dev/null
  rm -f -- "$home/unsealed"
done
find "$home" -exec touch -h -d "@$epoch" {} +

# The cache is the only part that another build does not make byte for byte.
mkdir -- "$home/cache"
unset NBD_CORE_JAVA NBD_CORE_JAVA_OPTS NBD_CORE_CACHE JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
export NBD_CORE_CACHE_WAIT=yes
"$home/bin/nbd-core" --version >/dev/null
"$home/bin/nbd-core" null --run true >/dev/null
for command in nbd-copy nbd-info; do
  "$home/bin/$command" --version >/dev/null
done
for cache in nbd-core nbd-core-answers nbd-copy nbd-info; do
  ls "$home/cache/$cache"-runtime-*.for >/dev/null || {
    echo "runtime.sh: error: no start-up cache of $cache was made" >&2
    exit 1
  }
done

# It starts with that cache from another folder, too.
mv -- "$home" "$home.moved"
"$home.moved/bin/nbd-core" null --run true
mv -- "$home.moved" "$home"

tar --sort=name --owner=0 --group=0 --numeric-owner -C "$target" -cf - "$name" |
  xz -6 -T2 >"$target/$name.tar.xz"
