package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.DumpedLines;

/** Finds VDDK, loads it with its other libraries, and explains failures. */
@Tag("newest")
class LibraryTest {

  @TempDir Path folder;
  private Path disk;

  @BeforeEach
  void createDisk() throws IOException {
    disk = folder.resolve("disk.vmdk");
    Disks.random(disk, 1 << 20, 5);
  }

  private String failure(Path libdir) throws Exception {
    Plugin plugin = VddkSession.plugin("file=" + disk, "libdir=" + libdir);
    try {
      plugin.start(StartContext.NONE);
      throw new AssertionError("it started");
    } catch (IOException e) {
      return e.getMessage();
    } finally {
      plugin.close();
    }
  }

  @Test
  void dependenciesArePreloadedAndLibrariesOpenedLaterAreFound() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    VddkSession.start(fake, "file=" + disk).close();
    assertThat(fake.call("InitEx").number("crypto")).isEqualTo(107);
    assertThat(fake.trace())
        .contains("load name=libdiskLibPlugin.so loaded=1", "load name=libvddkByName.so loaded=1");
  }

  @Test
  void dependenciesOfTheMainLibraryArePreloaded() throws Exception {
    FakeVddk fake = FakeVddk.linkedIn(folder, "libvddkByName.so");
    VddkSession.start(fake, "file=" + disk).close();
    assertThat(fake.call("InitEx").number("linked")).isEqualTo(107);
  }

  @Test
  void libraryFilesMayBeInLibdirItself() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    Plugin plugin = VddkSession.plugin("file=" + disk, "libdir=" + fake.lib64());
    plugin.start(StartContext.NONE);
    plugin.close();
    VddkProcess.exit();
    assertThat(fake.call("InitEx").text("version")).isEqualTo("8.0.3");
  }

  @Test
  void brokenNewerLibraryIsSkipped() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    Files.writeString(fake.lib64().resolve("libvixDiskLib.so.9"), "not a library");
    VddkSession.start(fake, "file=" + disk).close();
    assertThat(fake.call("InitEx").text("version")).isEqualTo("8.0.3");
  }

  @Test
  void libraryIsFoundUnderItsNameWithoutVersion() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    Files.delete(fake.lib64().resolve("libvixDiskLib.so.8"));
    VddkSession.start(fake, "file=" + disk).close();
    assertThat(fake.call("InitEx").text("version")).isEqualTo("8.0.3");
  }

  @Test
  void errorForAnEmptyLibdirListsEveryFileTried() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    String message = failure(empty);
    assertThat(message)
        .startsWith("no usable VDDK library in libdir=" + empty + "; tried ")
        .endsWith("(see LIBRARY LOCATION in docs/vddk.md)")
        .doesNotContain("\n");
    for (int major = 6; major <= 9; major++) {
      assertThat(message)
          .contains(empty + "/lib64/libvixDiskLib.so." + major + ": no such file")
          .contains(empty + "/libvixDiskLib.so." + major + ": no such file");
    }
  }

  @Test
  void eachBrokenCandidateIsListedWithItsOwnReason() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    Path lib64 = fake.lib64();
    Files.delete(lib64.resolve("libvixDiskLib.so"));
    byte[] library = Files.readAllBytes(fake.library());
    Files.delete(lib64.resolve("libvixDiskLib.so.8"));
    Files.write(lib64.resolve("libvixDiskLib.so.9"), new byte[0]);
    byte[] foreign = library.clone();
    foreign[18] = (byte) 183;
    foreign[19] = 0;
    Files.write(lib64.resolve("libvixDiskLib.so.8"), foreign);
    Files.createSymbolicLink(lib64.resolve("libvixDiskLib.so.7"), Path.of("gone.so"));
    Files.write(
        lib64.resolve("libvixDiskLib.so.6"), java.util.Arrays.copyOf(library, library.length / 8));

    assertThat(failure(fake.libdir()))
        .contains("libvixDiskLib.so.9: truncated")
        .contains("libvixDiskLib.so.8: made for machine 183, not for x86-64")
        .contains("libvixDiskLib.so.7: a dangling link")
        .contains("libvixDiskLib.so.6: ");
  }

  @Test
  void errorNamesABrokenDependency() throws Exception {
    Gcc.require();
    // Its SONAME is one that no other test has loaded into this process.
    Gcc.compile(
        folder.resolve("libonly.so.1"),
        List.of("parts/compression.c"),
        "-shared",
        "-fPIC",
        "-Wl,-soname,libonly.so.1");
    Gcc.compile(
        folder.resolve("libvixDiskLib.so.9"),
        List.of("parts/crypto.c"),
        "-shared",
        "-fPIC",
        folder.resolve("libonly.so.1").toString());
    Files.write(folder.resolve("libonly.so.1"), new byte[100]);
    assertThat(failure(folder))
        .contains("libvixDiskLib.so.9: it needs libonly.so.1: not a 64-bit ELF library");
  }

  @Test
  void errorNamesMissingFunctions() throws Exception {
    FakeVddk fake =
        FakeVddk.in(
            folder, "6.5.0", Set.of("QueryAllocatedBlocks", "FreeBlockList"), "libvddkByName.so");
    assertThat(failure(fake.libdir()))
        .contains(
            "libvixDiskLib.so.6: it lacks VixDiskLib_QueryAllocatedBlocks,"
                + " VixDiskLib_FreeBlockList: VDDK 6.7 or later is needed");
    assertThat(fake.trace()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"os.arch, aarch64, Linux on aarch64", "os.name, Mac OS X, Mac OS X on amd64"})
  void errorNamesAnUnsupportedPlatform(String property, String value, String here)
      throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    assertThat(com.sun.jna.Native.POINTER_SIZE).as("JNA knows where it is").isEqualTo(8);
    String original = System.setProperty(property, value);
    try {
      assertThat(failure(fake.libdir()))
          .contains("VDDK exists for Linux on x86-64 and this is " + here);
    } finally {
      System.setProperty(property, original);
    }
    assertThat(fake.trace()).isEmpty();
  }

  @Test
  void aSecondLibdirInOneProcessIsRefusedNamingBoth() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    FakeVddk other = FakeVddk.in(Files.createDirectory(folder.resolve("other")), "7.0.3");
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      session.openReadOnly();
      assertThat(failure(other.libdir()))
          .startsWith("VDDK can be initialized only once in a process")
          .contains("libdir=" + fake.libdir())
          .contains("libdir=" + other.libdir());
      Plugin same = VddkSession.plugin("file=" + disk, "libdir=" + fake.libdir());
      same.start(StartContext.NONE);
      same.close();
    }
    assertThat(fake.calls("InitEx")).hasSize(1);
    assertThat(other.trace()).isEmpty();
  }

  @ParameterizedTest
  @FieldSource("org.nbdcore.plugin.vddk.FakeVddk#VERSIONS")
  void dumpPluginShowsVersionFileTransportsAndFunctions(String version) throws Exception {
    FakeVddk fake = FakeVddk.in(folder, version).set("modes", "file:nbdssl");
    assertThat(dump("libdir=" + fake.libdir()))
        .contains(
            "vddk_default_libdir=/usr/lib64/vmware-vix-disklib",
            "vddk_has_nfchostport=1",
            "vddk_library_version=" + FakeBuild.major(version),
            "vddk_has_fnm_pathname=0",
            "has_pwrite=1",
            "vddk_dll=" + fake.library().toRealPath(),
            "vddk_transport_modes=file:nbdssl",
            "VixDiskLib_Open=1",
            "VixDiskLib_QueryAllocatedBlocks=1",
            "VixDiskLib_Flush=1");
    assertThat(fake.callNames()).containsExactly("InitEx", "ListTransportModes", "Exit");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void dumpPluginShowsTheTransportsOfDiskLibPlugin() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    assertThat(dump("libdir=" + fake.libdir()))
        .contains("vddk_transport_modes=file:san:hotadd:nbdssl:nbd");
    FakeVddk poor = FakeVddk.in(Files.createDirectory(folder.resolve("poor")));
    Files.delete(poor.lib64().resolve("libdiskLibPlugin.so"));
    assertThat(dump("libdir=" + poor.libdir())).contains("vddk_transport_modes=file:nbd");
  }

  @Test
  void dumpPluginOmitsTransportsIfInitExFails() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("fail.InitEx", 1);
    assertThat(dump("libdir=" + fake.libdir()))
        .contains("vddk_library_version=8", "VixDiskLib_Open=1")
        .contains("ERROR VixDiskLib_InitEx: Unknown error (error 1)")
        .noneMatch(line -> line.startsWith("vddk_transport_modes"));
  }

  @Test
  void dumpPluginWithALibdirThatHasNoLibraryFails() throws Exception {
    List<String> lines = dump("libdir=" + folder);
    assertThat(lines)
        .contains("vddk_default_libdir=/usr/lib64/vmware-vix-disklib", "vddk_has_nfchostport=1")
        .noneMatch(line -> line.startsWith("vddk_library_version"));
    assertThat(lines.get(lines.size() - 1)).startsWith("FAILED no usable VDDK library in libdir=");
  }

  /** Programs run this at each start to find out whether the plugin exists. */
  @Test
  void dumpPluginWithoutLibdirIsSilentAboutAMissingLibrary() throws Exception {
    assertThat(dump())
        .contains("vddk_has_nfchostport=1", "has_extents=1")
        .noneMatch(line -> line.startsWith("ERROR") || line.startsWith("FAILED"));
  }

  @Test
  void missingLibdirIsReportedBeforeOtherErrors() {
    assertThatThrownBy(() -> VddkSession.plugin("server=s", "libdir=" + folder.resolve("absent")))
        .hasMessage(
            "libdir must be the folder of an unpacked VDDK, not '"
                + folder.resolve("absent")
                + "', which does not exist");
  }

  private static List<String> dump(String... words) throws Exception {
    DumpedLines dumped = new DumpedLines();
    VddkSession.provider().dump(VddkSession.config(words), dumped);
    return dumped.lines();
  }

  @Test
  void defaultCandidatesEndWithTheLoadersSearchPath() {
    List<String> candidates = LibraryCandidates.of(java.util.Optional.empty());
    assertThat(candidates.get(0))
        .isEqualTo("/usr/lib64/vmware-vix-disklib/lib64/libvixDiskLib.so.9");
    assertThat(candidates)
        .endsWith(
            "libvixDiskLib.so.9", "libvixDiskLib.so.8", "libvixDiskLib.so.7", "libvixDiskLib.so.6");
  }
}
