package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A fake VDDK (src/fake) in a folder of its own: its libdir, its control file and its trace. The
 * module integration-tests uses the public members.
 */
public final class FakeVddk {

  /** A version of each SONAME. */
  static final List<String> VERSIONS = List.of("6.7.3", "7.0.3", "8.0.3", "9.0.1");

  private final Path libdir;
  private final String version;
  private final Map<String, String> control = new LinkedHashMap<>();

  private FakeVddk(Path libdir, String version) {
    this.libdir = libdir;
    this.version = version;
  }

  /** Creates a fake VDDK 8 below {@code folder}. */
  public static FakeVddk in(Path folder) throws IOException {
    return in(folder, "8.0.3");
  }

  /** Creates a fake VDDK of that version below {@code folder}. */
  public static FakeVddk in(Path folder, String version) throws IOException {
    return in(folder, version, Set.of(), "libvddkByName.so");
  }

  /**
   * The same without some functions, or with another SONAME in the library that VDDK opens by name.
   */
  public static FakeVddk in(Path folder, String version, Set<String> omitted, String byNameSoname)
      throws IOException {
    return in(folder, version, omitted, byNameSoname, false);
  }

  /** A fake that cannot be loaded without its other libraries, like VDDK 8.0.2. */
  static FakeVddk linkedIn(Path folder, String byNameSoname) throws IOException {
    return in(folder, "8.0.2", Set.of(), byNameSoname, true);
  }

  private static FakeVddk in(
      Path folder, String version, Set<String> omitted, String byNameSoname, boolean linked)
      throws IOException {
    Gcc.require();
    Path built = FakeBuild.of(version, omitted, byNameSoname, linked);
    Path libdir = folder.resolve("vmware-vix-disklib-distrib");
    Path lib64 = Files.createDirectories(libdir.resolve("lib64"));
    try (Stream<Path> files = Files.list(built)) {
      for (Path file : files.toList()) {
        Files.copy(file, lib64.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    String library = "libvixDiskLib.so";
    Path target = Path.of(library + "." + version);
    Files.createSymbolicLink(lib64.resolve(library + "." + FakeBuild.major(version)), target);
    Files.createSymbolicLink(lib64.resolve(library), target);
    return new FakeVddk(libdir, version);
  }

  /** The value for libdir=. */
  public Path libdir() {
    return libdir;
  }

  public Path lib64() {
    return libdir.resolve("lib64");
  }

  String version() {
    return version;
  }

  /** The library itself, by its SONAME. */
  Path library() {
    return lib64().resolve("libvixDiskLib.so." + FakeBuild.major(version));
  }

  /** Sets a key of the control file. It applies from the next call on. */
  public FakeVddk set(String key, Object value) throws IOException {
    control.put(key, value.toString());
    return writeControl();
  }

  /** Takes a key out of the control file. */
  public FakeVddk unset(String key) throws IOException {
    control.remove(key);
    return writeControl();
  }

  private FakeVddk writeControl() throws IOException {
    StringBuilder text = new StringBuilder();
    control.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    Path next = lib64().resolve("fake.conf.new");
    Files.writeString(next, text);
    Files.move(
        next,
        lib64().resolve("fake.conf"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return this;
  }

  /** Every line of the trace so far. */
  public List<String> trace() throws IOException {
    Path file = lib64().resolve("fake.trace");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** The calls of one function so far. */
  public List<TraceLine> calls(String name) throws IOException {
    List<TraceLine> calls = new ArrayList<>();
    for (String line : trace()) {
      if (line.startsWith(name + " ")) {
        calls.add(TraceLine.parse(line));
      }
    }
    return calls;
  }

  /** The only call of that function; fails if there is none or another. */
  public TraceLine call(String name) throws IOException {
    List<TraceLine> calls = calls(name);
    assertThat(calls).as("calls of %s", name).hasSize(1);
    return calls.get(0);
  }

  /** The names of all calls, in order. */
  public List<String> callNames() throws IOException {
    return trace().stream()
        .filter(line -> line.contains(" tid=") && !line.startsWith("Completion"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  /** Broken rules and leaks. */
  public List<String> failures() throws IOException {
    return trace().stream().filter(line -> line.startsWith("FAIL ")).toList();
  }
}
