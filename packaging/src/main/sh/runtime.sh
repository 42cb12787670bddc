# runtime.sh DISTRIBUTION SHARE VERSION EPOCH TARGET JAVA_HOME: makes the archive that needs no Java:
# the distribution with a Java of its own in runtime/, linked from the JDK at JAVA_HOME, and with the
# start-up cache. POSIX sh.
set -eu
umask 022
distribution=$1 share=$2 version=$3 epoch=$4 target=$5 java_home=$6
name=nbd-core-$version-linux-$(uname -m)
home=$target/$name

# What jdeps finds in our jars, and what is looked up by name: elliptic curves, JFR, JMX and its agent,
# the HTTP server, charsets of VMDK files. java.desktop, which only Commons BeanUtils needs, is left out.
modules=java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.net.http
modules=$modules,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml
modules=$modules,jdk.charsets,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management
modules=$modules,jdk.management.agent,jdk.management.jfr,jdk.net,jdk.unsupported

rm -rf -- "$home"
mkdir -p -- "$home"
(cd -- "$distribution" && tar -c --exclude=./cache .) | tar -x -C "$home"
cp -R -- "$share" "$home/share.new"
cp -R -- "$home/share.new/." "$home/share/"
rm -rf -- "$home/share.new"
"$java_home/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files \
  --no-man-pages --compress zip-6 --output "$home/runtime"
# A package that is sealed belongs to one path of its jar, but the archive may be unpacked anywhere: a
# JVM that takes the package from the cache would not start.
for jar in "$home"/lib/third-party/xz-*.jar; do
  printf 'Sealed: false\n' >"$home/unsealed"
  "$java_home/bin/jar" --update --file "$jar" --manifest "$home/unsealed" 2>/dev/null
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
  gzip -9 -n >"$target/$name.tar.gz"
