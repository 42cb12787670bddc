package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.testkit.vsphere.EsxFixture;

/** Snapshots as they are copied from a datastore: vmfsSparse and seSparse over a flat disk. */
final class EsxSnapshotTest {
  private static final long SEED = 20260714;
  private static final int SECTORS = 70_001; // several grain tables, the last one partial
  private static final int SE_GRAIN = 4096;
  private static final String EXTENT_FILE = "se-sesparse.vmdk: ";

  @TempDir Path dir;

  private final Random random = new Random(SEED);
  private byte[] expected;

  @BeforeEach
  void base() throws IOException {
    expected = new byte[SECTORS * 512];
    random.nextBytes(expected);
    Files.write(dir.resolve("vm-flat.vmdk"), expected);
    Files.writeString(
        dir.resolve("vm.vmdk"),
        EsxFixture.descriptor("a1", "ffffffff", null, "RW " + SECTORS + " VMFS \"vm-flat.vmdk\""));
  }

  private EsxFixture fixture(int grainBytes, int count) {
    EsxFixture fixture = new EsxFixture(SECTORS);
    int last = (expected.length - 1) / grainBytes;
    for (int i = 0; i < count; i++) {
      grain(fixture, grainBytes, i == 0 ? last : random.nextInt(last));
    }
    return fixture;
  }

  private void grain(EsxFixture fixture, int grainBytes, int grain) {
    byte[] data = new byte[grainBytes];
    random.nextBytes(data);
    fixture.grains.put((long) grain, data);
    int start = grain * grainBytes;
    System.arraycopy(data, 0, expected, start, Math.min(grainBytes, expected.length - start));
  }

  private Path cowd(String id, String parentId, String hint) throws IOException {
    Files.write(dir.resolve("cow-delta.vmdk"), fixture(512, 300).cowd());
    String extent = "RW " + SECTORS + " VMFSSPARSE \"cow-delta.vmdk\"";
    return Files.writeString(
        dir.resolve("cow.vmdk"), EsxFixture.descriptor(id, parentId, hint, extent));
  }

  private Path seSparse(byte[] image, String id, String parentId, String hint) throws IOException {
    Files.write(dir.resolve("se-sesparse.vmdk"), image);
    String extent = "RW " + SECTORS + " SESPARSE \"se-sesparse.vmdk\"";
    return Files.writeString(
        dir.resolve("se.vmdk"), EsxFixture.descriptor(id, parentId, hint, extent));
  }

  private void assertReads(Path file) throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(disk.size()).isEqualTo(expected.length);
      assertThat(Arrays.equals(Disks.readAll(disk), expected)).as("seed %d", SEED).isTrue();
      for (int i = 0; i < 200; i++) {
        int at = random.nextInt(expected.length);
        int length = random.nextInt(Math.min(20_000, expected.length - at) + 1);
        assertThat(Disks.read(disk, at, length))
            .as("seed %d, round %d", SEED, i)
            .isEqualTo(Arrays.copyOfRange(expected, at, at + length));
      }
    }
  }

  @Test
  void cowdDeltaOverAFlatDiskIsRead() throws IOException {
    Path file = cowd("a2", "a1", "vm.vmdk");
    assertReads(file);
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(disk.info().extents().get(0).type()).isEqualTo("VMFSSPARSE");
      assertThat(disk.info().extents().get(0).grainSize()).isEqualTo(512);
      assertThat(Disks.map(disk)).containsExactly("DATA 0+" + expected.length);
    }
  }

  @Test
  void seSparseDeltaOverACowdDeltaIsRead() throws IOException {
    cowd("a2", "a1", "vm.vmdk");
    EsxFixture fixture = fixture(SE_GRAIN, 300);
    for (int grain = 100; grain < 120; grain++) {
      fixture.grains.remove((long) grain);
      fixture.entries.put((long) grain, grain % 2 == 0 ? 2L << 60 : 1L << 60);
      Arrays.fill(expected, grain * SE_GRAIN, (grain + 1) * SE_GRAIN, (byte) 0);
    }
    Path file = seSparse(fixture.seSparse(), "a3", "a2", "cow.vmdk");
    assertReads(file);
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(disk.info().parents())
          .extracting(FileLocation::realPath)
          .containsExactly(dir.resolve("cow.vmdk"), dir.resolve("vm.vmdk"));
      assertThat(Disks.map(disk, 99 * SE_GRAIN, 22 * SE_GRAIN))
          .containsExactly("DATA 405504+4096", "ZERO 409600+81920", "DATA 491520+4096");
    }
  }

  @Test
  void unallocatedGrainsWithoutAParentAreHoles() throws IOException {
    byte[] image = new EsxFixture(SECTORS).seSparse();
    try (VmdkDisk disk = VmdkDisk.open(seSparse(image, "a3", "ffffffff", null))) {
      assertThat(Disks.map(disk)).containsExactly("HOLE 0+" + expected.length);
      assertThat(Disks.read(disk, 5000, 10)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|1|the magic number is 0000000000000001; expected 00000000cafebabe (seSparse)",
        "8|1|the seSparse header's version is 0000000000000001; expected 0000000200000001",
        "16|-1|capacity is 18446744073709551615 sectors; expected at most 4503599627370496",
        "16|70000|capacity is 70000 sectors; expected 70001, as the descriptor says",
        "24|0|grainSize is 0 sectors; expected 8, at most 131072",
        "24|4503599627370496|grainSize is 4503599627370496 sectors; expected 8, at most 131072",
        "32|0|grainTableSize is 0 sectors; expected 64, at most 65536",
        "32|65537|grainTableSize is 65537 sectors; expected 64, at most 65536",
        "80|1000000|the size is 1290240 bytes; expected room for a seSparse header at byte"
            + " 512000000",
        "80|2|the magic number of the volatile header at sector 2 is 0000000000000000; expected",
        "128|5000000|the grain directory is 1 sectors at sector 5000000; expected 24 bytes within",
        "136|0|the grain directory is 0 sectors at sector 128; expected 24 bytes within",
        "536|1|was not closed cleanly, and its journal has to be replayed; let ESXi open the disk",
      })
  void invalidSeSparseHeaderFieldIsReportedWithTheDescriptor(int at, long value, String message)
      throws IOException {
    byte[] image = fixture(SE_GRAIN, 300).seSparse();
    image = Arrays.copyOf(image, 1290240);
    SparseFixture.le(8).putLong(0, value).get(0, image, at, 8);
    Path file = seSparse(image, "a3", "a1", "vm.vmdk");
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining(EXTENT_FILE + message)
        .hasMessageEndingWith("(an extent of " + file + ")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true|2000000000000000|entry 0 of the grain directory (grain 0) is 2000000000000000;"
            + " expected 0, or",
        "true|1000000000000003|entry 0 of the grain directory (grain 0) is 1000000000000003;"
            + " expected 0, or",
        "true|1000000100000000|entry 0 of the grain directory (grain 0) is 1000000100000000;"
            + " expected 0, or",
        "false|4000000000000000|entry 0 of grain table 0 (grain 0) is 4000000000000000; expected 0,"
            + " 1",
        "false|3001000000000000|entry 0 of grain table 0 (grain 0) is 3001000000000000; expected 0,"
            + " 1",
        "false|3fffffffffffffff|entry 0 of grain table 0 (grain 0) is 3fffffffffffffff; expected 0,"
            + " 1",
      })
  void invalidGrainEntryIsReported(boolean inDirectory, String value, String message)
      throws IOException {
    EsxFixture fixture = new EsxFixture(SECTORS);
    grain(fixture, SE_GRAIN, 0);
    ByteBuffer image = ByteBuffer.wrap(fixture.seSparse()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    image.putLong(inDirectory ? 128 * 512 : 129 * 512, Long.parseUnsignedLong(value, 16));
    try (VmdkDisk disk = VmdkDisk.open(seSparse(image.array(), "a3", "a1", "vm.vmdk"))) {
      assertThatThrownBy(() -> Disks.read(disk, 0, 512))
          .isInstanceOf(VmdkException.class)
          .hasMessageContaining(EXTENT_FILE + message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4|2|the ESX sparse header's version is 2; expected 1",
        "12|70000|capacity is 70000 sectors; expected 70001, as the descriptor says",
        "16|0|grainSize is 0 sectors; expected between 1 and 131072",
        "16|-1|grainSize is 4294967295 sectors; expected between 1 and 131072",
        "20|0|gdOffset is sector 0; expected 18 entries of 4 bytes within the file's",
        "20|-1|gdOffset is sector 4294967295; expected 18 entries of 4 bytes within the file's",
        "24|17|numGDEntries is 17; expected at least 18 for 70001 sectors",
      })
  void invalidCowdHeaderFieldIsReported(int at, int value, String message) throws IOException {
    Path file = cowd("a2", "a1", "vm.vmdk");
    byte[] image = Files.readAllBytes(dir.resolve("cow-delta.vmdk"));
    SparseFixture.le(4).putInt(0, value).get(0, image, at, 4);
    Files.write(dir.resolve("cow-delta.vmdk"), image);
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("cow-delta.vmdk: " + message);
  }
}
