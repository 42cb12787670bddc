package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values of loading=: how VDDK finds the other libraries in its folder. */
@Tag("newest")
class LoadModeTest {

  @TempDir Path folder;
  private Path disk;
  private FakeVddk fake;

  private static final String NEEDS_THE_PATH = "libother.so.1";

  /** VDDK opens a library by a name that is not its SONAME, so preloading does not help. */
  @BeforeEach
  void createFakeVddkThatNeedsThePath() throws Exception {
    disk = folder.resolve("disk.vmdk");
    Disks.random(disk, 1 << 20, 4);
    fake = FakeVddk.in(folder, "8.0.3", Set.of(), NEEDS_THE_PATH);
  }

  private List<String> run(boolean path, String... more) throws Exception {
    String[] words = java.util.Arrays.copyOf(more, more.length + 2);
    words[more.length] = "file=" + disk;
    words[more.length + 1] = "libdir=" + fake.libdir();
    Map<String, String> environment =
        path ? Map.of("LD_LIBRARY_PATH", fake.lib64() + ":/other") : Map.of();
    PluginProgram.Result result = PluginProgram.run(folder, environment, words);
    assertThat(result.status()).as("%s", result.lines()).isZero();
    return result.lines();
  }

  private String restart(String more) {
    return "restart: {LD_LIBRARY_PATH=" + fake.lib64() + "} " + more;
  }

  private List<String> loads() throws IOException {
    return fake.trace().stream().filter(line -> line.startsWith("load ")).toList();
  }

  @Test
  void programRestartsWithLdLibraryPathIfVddkDoesNotFindALibrary() throws Exception {
    assertThat(run(false))
        .contains(restart("[]"))
        .anyMatch(line -> line.startsWith("DEBUG SSL: Failed to load library: libvddkByName.so: "))
        .noneMatch(line -> line.startsWith("ERROR ") || line.startsWith("WARN "));
    assertThat(fake.callNames()).contains("InitEx").endsWith("Exit");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void ldLibraryPathMakesAllLibrariesAvailable() throws Exception {
    assertThat(run(true)).anyMatch(line -> line.startsWith("first byte "));
    assertThat(loads())
        .containsExactly(
            "load name=libdiskLibPlugin.so loaded=1", "load name=libvddkByName.so loaded=1");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void preloadDoesNotRestart() throws Exception {
    assertThat(run(false, "loading=preload"))
        .anyMatch(line -> line.startsWith("first byte "))
        .anyMatch(
            line -> line.startsWith("WARN VDDK did not find libvddkByName.so: give loading="));
    assertThat(loads()).contains("load name=libvddkByName.so loaded=0");
  }

  @Test
  void reexecRestartsBeforeVddkIsLoaded() throws Exception {
    assertThat(run(false, "loading=reexec")).contains(restart("[]"));
    assertThat(fake.trace()).isEmpty();
    assertThat(run(true, "loading=reexec")).anyMatch(line -> line.startsWith("first byte "));
  }

  @Test
  void restartDoesNotPassThePasswordOnTheCommandLine() throws Exception {
    assertThat(
            run(
                false,
                "loading=reexec",
                "server=s",
                "user=u",
                "password=geheim",
                "vm=v",
                "preflight=false"))
        .contains(restart("[password]"))
        .noneMatch(line -> line.contains("geheim"));
  }

  @Test
  void noneNeitherPreloadsNorRestarts() throws Exception {
    assertThat(run(false, "loading=none")).anyMatch(line -> line.startsWith("first byte "));
    assertThat(loads()).contains("load name=libdiskLibPlugin.so loaded=0");
  }

  @Test
  void noneRequiresDependenciesInLdLibraryPath() throws Exception {
    fake = FakeVddk.linkedIn(Files.createDirectory(folder.resolve("linked")), NEEDS_THE_PATH);
    assertThat(run(false, "loading=none"))
        .anyMatch(
            line ->
                line.startsWith("failed: no usable VDDK library")
                    && line.contains("libvddkCrypto.so.3: cannot open shared object file"));
    assertThat(run(true, "loading=none")).anyMatch(line -> line.startsWith("first byte "));
  }

  @Test
  void missingLibraryIsReportedAfterOneRestart() throws Exception {
    fake = FakeVddk.linkedIn(Files.createDirectory(folder.resolve("linked")), NEEDS_THE_PATH);
    Files.delete(fake.lib64().resolve("libvddkCompression.so.1"));
    assertThat(run(false)).contains(restart("[]"));
    assertThat(run(true))
        .anyMatch(
            line ->
                line.startsWith("failed: no usable VDDK library")
                    && line.contains("libvddkCompression.so.1: cannot open shared object file"));
  }
}
