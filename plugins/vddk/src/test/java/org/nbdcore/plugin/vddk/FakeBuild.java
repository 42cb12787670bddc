package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiled fakes, made once for all tests of a JVM and copied by each. */
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

  private static final Map<String, Path> DONE = new HashMap<>();
  private static Path folder;

  private FakeBuild() {}

  /** A folder of compiled libraries under their final names; do not change it. */
  static synchronized Path of(
      String version, Set<String> omitted, String byNameSoname, boolean linked) throws IOException {
    String key = version + omitted + byNameSoname + linked;
    Path done = DONE.get(key);
    if (done == null) {
      if (folder == null) {
        folder = Files.createDirectories(Path.of(System.getProperty("basedir", ""), "target"));
      }
      done = Files.createTempDirectory(folder, "fake-vddk-");
      build(done.toAbsolutePath(), version, omitted, byNameSoname, linked);
      DONE.put(key, done);
    }
    return done;
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
