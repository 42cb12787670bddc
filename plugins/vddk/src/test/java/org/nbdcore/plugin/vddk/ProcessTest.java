package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdException;

/** Behavior that needs a process of its own. */
@Tag("newest")
class ProcessTest {

  @TempDir Path folder;
  private Path disk;

  @BeforeEach
  void createDisk() throws IOException {
    disk = folder.resolve("disk.vmdk");
    byte[] content = new byte[1 << 20];
    content[0] = 'd';
    Files.write(disk, content);
  }

  /** Makes the raw disk a real VMDK with a descriptor beside it. */
  private Path descriptor() throws IOException {
    Files.move(disk, folder.resolve("disk-flat.vmdk"));
    return Files.writeString(
        disk,
        """
        # Disk DescriptorFile
        version=1
        CID=fffffffe
        parentCID=ffffffff
        createType="monolithicFlat"

        RW 2048 FLAT "disk-flat.vmdk" 0

        ddb.virtualHWVersion = "4"
        ddb.adapterType = "ide"
        """);
  }

  @Test
  void exitIsCalledWhenTheJvmEnds() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    PluginProgram.Result result =
        PluginProgram.run(folder, Map.of(), "file=" + disk, "libdir=" + fake.libdir());
    assertThat(result.lines()).contains("first byte 100");
    assertThat(result.status()).isZero();
    assertThat(fake.failures()).isEmpty();
    assertThat(fake.callNames()).endsWith("Disconnect", "FreeConnectParams", "Exit");
  }

  @Test
  void shutdownWaitsForDisksThatAreBeingClosed() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("latency.Close", 200_000);
    PluginProgram.Result result =
        PluginProgram.run(
            folder, Map.of(), "file=" + disk, "libdir=" + fake.libdir(), "leave-open");
    assertThat(result.status()).isZero();
    assertThat(fake.failures()).isEmpty();
    assertThat(fake.callNames()).endsWith("Close", "Disconnect", "FreeConnectParams", "Exit");
  }

  /** An extents scan or a client may be just about to open when the JVM ends. */
  @Test
  void openFailsAfterExit() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      VddkConfig config =
          VddkConfigReader.read(VddkSession.config("file=" + disk, "libdir=" + fake.libdir()));
      assertThat(VddkProcess.get(config, Log.of("vddk")).exit(0)).isTrue();
      assertThatThrownBy(session::openReadOnly)
          .isInstanceOf(NbdException.class)
          .hasMessage("VDDK has been ended: the server is stopping");
    }
    assertThat(fake.calls("Exit")).hasSize(1);
  }

  @Test
  void libdirMayBeOmittedIfLdLibraryPathIsSet() throws Exception {
    FakeVddk fake = FakeVddk.in(folder, "7.0.3");
    PluginProgram.Result result =
        PluginProgram.run(
            folder, Map.of("LD_LIBRARY_PATH", fake.lib64().toString()), "file=" + disk);
    assertThat(result.lines()).contains("first byte 100");
    assertThat(fake.call("InitEx").text("version")).isEqualTo("7.0.3");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void withoutVddkALocalDiskIsServedWithAWarning() throws Exception {
    PluginProgram.Result result = PluginProgram.run(folder, Map.of(), "file=" + descriptor());
    assertThat(result.status()).isZero();
    assertThat(result.lines())
        .hasSize(3)
        .contains(
            "WARN no VDDK found: serving "
                + disk
                + " with nbd-core's own VMDK code (set libdir= to use VDDK)",
            "first byte 100");
    assertThat(result.lines().get(1))
        .startsWith("capabilities write=true")
        .contains("extents=true")
        .contains("minimum=512");
  }

  /** The output of the program, which must be one line. */
  private AbstractStringAssert<?> assertThatOnlyLine(String... words) throws Exception {
    return assertThat(PluginProgram.run(folder, Map.of(), words).lines())
        .singleElement()
        .asString();
  }

  @Test
  void withoutVddkEngineVddkFails() throws Exception {
    assertThatOnlyLine(
            "engine=vddk", "file=[ds] x.vmdk", "server=s", "user=u", "password=p", "vm=v")
        .startsWith("failed: no usable VDDK library in the default places");
  }

  @Test
  void withoutVddkADiskIsCreated() throws Exception {
    Path fresh = folder.resolve("fresh.vmdk");
    PluginProgram.Result result =
        PluginProgram.run(
            folder,
            Map.of(),
            "file=" + fresh,
            "create=true",
            "create-size=1M",
            "create-type=vmfs-sparse");
    assertThat(result.lines()).contains("first byte 0");
    assertThat(fresh).content().contains("RW 2048 VMFSSPARSE \"fresh-delta.vmdk\"");
    assertThatOnlyLine("file=" + fresh, "create=true", "create-size=1M")
        .isEqualTo("failed: file " + fresh + " exists; a new disk needs a new name");
  }

  @Test
  void withoutVddkARemoteDiskUsesTheBuiltInClient() throws Exception {
    assertThatOnlyLine("file=[ds] x.vmdk", "server=host.invalid", "user=u", "password=p", "vm=v")
        .startsWith(
            "failed: no VDDK found (set libdir= to use one), and without VDDK: preflight: name:"
                + " server=host.invalid");
  }

  @Test
  void brokenVddkIsReported() throws Exception {
    Files.createDirectory(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/libvixDiskLib.so.8"), "broken");
    assertThat(
            PluginProgram.run(
                    folder,
                    Map.of("LD_LIBRARY_PATH", folder.resolve("lib").toString()),
                    "file=" + disk)
                .lines())
        .singleElement()
        .asString()
        .contains("lib/libvixDiskLib.so.8: file too short");
  }
}
