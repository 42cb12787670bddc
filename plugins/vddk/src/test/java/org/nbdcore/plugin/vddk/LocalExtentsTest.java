package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** Extents of local disks, for which VDDK's allocation is not reliable. */
class LocalExtentsTest {

  private static final int GRAIN = SparseVmdk.GRAIN;

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;

  /** The fake serves a raw file, and reports that no block is allocated. */
  @BeforeEach
  void createFakeVddkThatReportsNoBlocks() throws Exception {
    disk = SparseVmdk.write(folder.resolve("disk.vmdk"), 16, 1, 2, 5);
    Path raw = folder.resolve("raw");
    Disks.random(raw, 16 * GRAIN, 9);
    fake = FakeVddk.in(folder).set("disk", raw).set("blocks", "none");
  }

  /** VDDK would open any file that a descriptor names. */
  @Test
  void confinedDiskIsServedWithoutVddk() throws Exception {
    String[] words = {"file=" + disk, "within=" + folder};
    try (VddkSession session = session(); // VDDK is loaded
        Plugin plugin = VddkSession.plugin(words)) {
      assertThat(session.plugin()).isNotNull();
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(OpenRequest.detached("", true))) {
        assertThat(device.size()).isEqualTo(16 * GRAIN);
      }
    }
    assertThat(fake.calls("InitEx")).hasSize(1);
    assertThat(fake.calls("Open")).isEmpty();
    words[1] = "within=" + Files.createDirectory(folder.resolve("other"));
    try (Plugin plugin = VddkSession.plugin(words)) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining(disk + ": lies outside of ");
    }
  }

  private VddkSession session(String... more) throws Exception {
    String[] words = java.util.Arrays.copyOf(more, more.length + 1);
    words[more.length] = "file=" + disk;
    return VddkSession.start(fake, words);
  }

  @Test
  void extentsOfAReadOnlyDiskComeFromItsGrainTables() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice device = session.openReadOnly();
      assertThat(device.capabilities().extents()).isTrue();
      assertThat(ExtentMaps.firstReply(device, 0, 16 * GRAIN, Flags.NONE))
          .isEqualTo("65536:3 131072:0 131072:3 65536:0 655360:3");
      assertThat(ExtentMaps.firstReply(device, GRAIN + 512, 1024, Flags.NONE)).isEqualTo("1024:0");
    }
    assertThat(fake.calls("QueryAllocatedBlocks")).isEmpty();
  }

  @Test
  void aDiskOpenForWritingIsAllData() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice device = session.openWritable();
      assertThat(device.capabilities().extents()).isFalse();
      assertThat(ExtentMaps.firstReply(device, 0, 16 * GRAIN, Flags.NONE)).isEqualTo("1048576:0");
    }
    assertThat(fake.calls("QueryAllocatedBlocks")).isEmpty();
  }

  @Test
  void writableOpenMakesEverythingDataUntilAllDisksAreClosed() throws Exception {
    try (VddkSession session = session()) {
      BlockDevice reader = session.openReadOnly();
      assertThat(ExtentMaps.firstReply(reader, 0, GRAIN, Flags.NONE)).isEqualTo("65536:3");
      BlockDevice writer = session.openWritable();
      assertThat(ExtentMaps.firstReply(reader, 0, GRAIN, Flags.NONE)).isEqualTo("65536:0");
      session.close(writer);
      assertThat(ExtentMaps.firstReply(reader, 0, GRAIN, Flags.NONE)).isEqualTo("65536:0");
      session.close(reader);
      assertThat(ExtentMaps.firstReply(session.openReadOnly(), 0, GRAIN, Flags.NONE))
          .isEqualTo("65536:3");
    }
  }

  @Test
  void holeOfASingleLinkIsNotReportedAsZero() throws Exception {
    try (VddkSession session = session("single-link=true")) {
      assertThat(ExtentMaps.firstReply(session.openReadOnly(), 0, 2 * GRAIN, Flags.NONE))
          .isEqualTo("65536:1 65536:0");
    }
  }

  @Test
  void diskWithUnreadableGrainTablesIsAllData() throws Exception {
    Files.write(disk, new byte[2048]);
    try (VddkSession session = session()) {
      BlockDevice device = session.openReadOnly();
      assertThat(device.capabilities().extents()).isFalse();
      assertThat(ExtentMaps.firstReply(device, 0, GRAIN, Flags.NONE)).isEqualTo("65536:0");
    }
  }

  @Test
  void grainTablesAreIgnoredIfVddkReportsAnotherSize() throws Exception {
    SparseVmdk.write(disk, 8);
    try (VddkSession session = session()) {
      assertThat(session.openReadOnly().capabilities().extents()).isFalse();
    }
  }
}
