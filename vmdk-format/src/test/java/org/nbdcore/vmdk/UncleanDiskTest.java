package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks that their last writer did not close. */
final class UncleanDiskTest {
  private static final long END = 60 * SparseFixture.SECTOR;

  private final List<String> warnings = new ArrayList<>();
  private final VmdkOptions reading = VmdkOptions.defaults().withWarnings(warnings::add);
  private final VmdkOptions writing = reading.withWritable(true);

  @ParameterizedTest
  @EnumSource(names = {"MONOLITHIC_SPARSE", "SPLIT_SPARSE", "VMFS_SPARSE", "VERSION_3"})
  void readerIsWarnedAndNextWriterChecksTheTables(WritableKind kind) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    kind.make(files, new Random(1));
    FileLocation file = files.at(WritableKind.NAME);
    VmdkDisk.open(file, writing).close();
    VmdkDisk.open(file, reading).close();
    assertThat(warnings).as("of a disk that was closed").isEmpty();
    SimulatedFiles killed;
    try (VmdkDisk disk = VmdkDisk.open(file, writing)) {
      disk.write(ByteBuffer.wrap(new byte[] {7}), 9);
      disk.flush();
      killed = files.afterKill();
    }
    FileLocation unclean = killed.at(WritableKind.NAME);
    try (VmdkDisk disk = VmdkDisk.open(unclean, reading)) {
      assertThat(Disks.read(disk, 8, 3)).containsExactly(0, 7, 0);
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("was not closed when it was last written; writes that were");
    VmdkDisk.open(unclean, writing).close();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(1)).contains("was not closed").contains("tables are in order");
    VmdkDisk.open(unclean, reading).close();
    assertThat(warnings).hasSize(2);
  }

  @Test
  void diskWithGrainsAtTheSameOffsetIsReadOnly() throws IOException {
    SparseFixture fixture = SparseFixture.monolithic(64).grain(1, 0x11).grain(6, 0x66);
    byte[] image = fixture.build();
    copyEntry(image, fixture.entryOffsets, 1, 2);
    copyEntry(image, fixture.redundantEntryOffsets, 1, 2);
    SimulatedFiles files = new SimulatedFiles();
    files.put(WritableKind.NAME, image);
    FileLocation file = files.at(WritableKind.NAME);
    VmdkDisk.open(file, writing).close(); // clean: the tables are not checked
    image[TableLayout.SPARSE_UNCLEAN] = 1;
    files.put(WritableKind.NAME, image);
    assertThatThrownBy(() -> VmdkDisk.open(file, writing))
        .isInstanceOf(ReadOnlyDiskException.class)
        .hasMessageContaining("disk.vmdk: was not closed")
        .hasMessageContaining("1 grain shares its position with another one");
    try (VmdkStore store = VmdkStore.open(file, reading)) {
      VmdkDisk disk = store.acquire(false);
      assertThat(disk.writable()).isFalse();
      assertThat(Disks.read(disk, END, 512)).containsOnly(0);
      assertThat(warnings).last().asString().contains("shares its position");
    }
  }

  private static void copyEntry(byte[] image, Map<Long, Long> positions, long from, long to) {
    System.arraycopy(
        image, positions.get(from).intValue(), image, positions.get(to).intValue(), Integer.BYTES);
  }

  @Test
  void checkReportsOnceThatTheDiskWasNotClosed() throws IOException {
    byte[] image = SparseFixture.monolithic(64).grain(1, 0x11).build();
    image[TableLayout.SPARSE_UNCLEAN] = 1;
    SimulatedFiles files = new SimulatedFiles();
    files.put(WritableKind.NAME, image);
    FileLocation file = files.at(WritableKind.NAME);
    assertThat(VmdkCheck.run(file, false, warnings::add).problems()).isEqualTo(1);
    assertThat(warnings).hasSize(1);
    assertThat(VmdkCheck.run(file, true, line -> {}).repaired()).isEqualTo(1);
    assertThat(VmdkCheck.run(file, false, line -> {}).problems()).isZero();
  }
}
