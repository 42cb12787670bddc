package org.nbdcore.plugin.vddk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Compiled fakes, made once for all tests and copied by each. */
final class FakeBuild {

  /** Every function of the API. */
  static final List<String> FUNCTIONS =
      List.of(
          "InitEx",
          "Exit",
          "ListTransportModes",
          "GetErrorText",
          "FreeErrorText",
          "AllocateConnectParams",
          "FreeConnectParams",
          "ConnectEx",
          "Disconnect",
          "PrepareForAccess",
          "EndAccess",
          "Open",
          "Close",
          "Create",
          "GetTransportMode",
          "GetInfo",
          "FreeInfo",
          "Read",
          "Write",
          "Flush",
          "ReadAsync",
          "WriteAsync",
          "Wait",
          "QueryAllocatedBlocks",
          "FreeBlockList");

  private static String digest; // guarded by the class

  private FakeBuild() {}

  /**
   * A folder of compiled libraries under their final names; do not change it. It stays in {@code
   * target}, under a name that changes with the sources, so that no other JVM compiles it again.
   */
  static synchronized Path of(
      String version, Set<String> omitted, String byNameSoname, boolean linked) throws IOException {
    String key =
        String.join(
            " ", version, new TreeSet<>(omitted).toString(), byNameSoname, "" + linked, digest());
    Path target = Path.of(System.getProperty("basedir", ""), "target").toAbsolutePath();
    Path done = target.resolve("fake-vddk-" + UUID.nameUUIDFromBytes(key.getBytes(UTF_8)));
    if (Files.notExists(done)) {
      Path next = Files.createTempDirectory(Files.createDirectories(target), "fake-vddk-next-");
      build(next, version, omitted, byNameSoname, linked);
      try {
        Files.move(next, done, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (Files.notExists(done)) {
          throw e;
        } // otherwise another JVM was quicker
      }
    }
    return done;
  }

  /** A checksum of the compiler's flags and of the fake's sources. */
  private static String digest() throws IOException {
    if (digest == null) {
      CRC32C sum = new CRC32C();
      sum.update(Gcc.FLAGS.toString().getBytes(UTF_8));
      try (Stream<Path> files = Files.walk(Gcc.SOURCES)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          sum.update(file.getFileName().toString().getBytes(UTF_8));
          sum.update(Files.readAllBytes(file));
        }
      }
      digest = Long.toHexString(sum.getValue());
    }
    return digest;
  }

  static String major(String version) {
    return version.substring(0, version.indexOf('.'));
  }

  private static void build(
      Path out, String version, Set<String> omitted, String byNameSoname, boolean linked)
      throws IOException {
    shared(out, "libvddkCompression.so.1", "parts/compression.c", "libvddkCompression.so.1");
    shared(
        out,
        "libvddkCrypto.so.3",
        "parts/crypto.c",
        "libvddkCrypto.so.3",
        out.resolve("libvddkCompression.so.1").toString());
    String crypto = out.resolve("libvddkCrypto.so.3").toString();
    String findCompression = "-Wl,-rpath-link," + out;
    shared(out, "libvddkByName.so", "parts/byname.c", byNameSoname);
    shared(
        out,
        "libdiskLibPlugin.so",
        "parts/plugin.c",
        "libdiskLibPlugin.so",
        crypto,
        findCompression);
    Path exports = out.resolve("exports.map");
    StringBuilder map = new StringBuilder("{ global:");
    for (String function : FUNCTIONS) {
      if (!omitted.contains(function)) {
        map.append(" VixDiskLib_").append(function).append(';');
      }
    }
    Files.writeString(exports, map.append(" local: *; };\n"));
    List<String> more =
        new ArrayList<>(
            List.of(
                "-shared",
                "-fPIC",
                "-fvisibility=hidden",
                "-pthread",
                "-DFAKE_MAJOR=" + major(version),
                "-DFAKE_VERSION=\"" + version + "\"",
                "-Wl,-soname,libvixDiskLib.so." + major(version),
                "-Wl,--version-script=" + exports,
                "-Wl,-Bsymbolic",
                "-Wl,-z,defs"));
    if (linked) {
      more.addAll(List.of("-DFAKE_LINKED", crypto, findCompression));
    }
    Gcc.compile(
        out.resolve("libvixDiskLib.so." + version),
        Gcc.librarySources(),
        more.toArray(String[]::new));
    Files.delete(exports);
  }

  private static void shared(
      Path out, String name, String source, String soname, String... libraries) throws IOException {
    String[] more = new String[libraries.length + 3];
    more[0] = "-shared";
    more[1] = "-fPIC";
    more[2] = "-Wl,-soname," + soname;
    System.arraycopy(libraries, 0, more, 3, libraries.length);
    Gcc.compile(out.resolve(name), List.of(source), more);
  }
}
