package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** New disks, compared field by field with "Virtual Disk Format 5.0". */
class CreateDiskTest {
  private static final long GIB = 1L << 30;
  private static final int SECTOR = 512;

  private final SimulatedFiles files = new SimulatedFiles();

  private void create(VmdkCreateOptions options) throws IOException {
    VmdkDisk.create(files.at("new.vmdk"), options);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The text of a descriptor file, or of the one embedded at sector 1. */
  private List<String> descriptor(String name) {
    byte[] bytes = files.bytes(name);
    if (bytes[0] == 'K') {
      bytes = Arrays.copyOfRange(bytes, SECTOR, 21 * SECTOR);
    }
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "").lines().toList();
  }

  /** Section "The Descriptor File": header, extents and disk database of each type. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MONOLITHIC_SPARSE | monolithicSparse | RW 2048 SPARSE \"new.vmdk\"",
        "MONOLITHIC_FLAT | monolithicFlat | RW 2048 FLAT \"new-flat.vmdk\" 0",
        "SPLIT_SPARSE | twoGbMaxExtentSparse | RW 2048 SPARSE \"new-s001.vmdk\"",
        "SPLIT_FLAT | twoGbMaxExtentFlat | RW 2048 FLAT \"new-f001.vmdk\" 0",
        "VMFS_FLAT | vmfs | RW 2048 VMFS \"new-flat.vmdk\"",
        "STREAM_OPTIMIZED | streamOptimized | RW 2048 SPARSE \"new.vmdk\"",
        "VMFS_THIN | vmfs | RW 2048 VMFS \"new-flat.vmdk\"",
        "VMFS_SPARSE | vmfsSparse | RW 2048 VMFSSPARSE \"new-delta.vmdk\""
      })
  void theDescriptorNamesTypeAndExtents(VmdkType type, String createType, String extent)
      throws IOException {
    create(VmdkCreateOptions.ofSize(1 << 20).withType(type));
    List<String> lines = descriptor("new.vmdk");
    assertThat(lines.subList(0, 6))
        .containsExactly(
            "# Disk DescriptorFile",
            "version=1",
            "encoding=\"UTF-8\"",
            "CID=fffffffe",
            "parentCID=ffffffff",
            "createType=\"" + createType + "\"");
    assertThat(lines.get(lines.indexOf("# Extent description") + 1)).isEqualTo(extent);
    assertThat(lines).contains("# The Disk Data Base", "#DDB");
    assertThat(lines.contains("ddb.thinProvisioned = \"1\"")).isEqualTo(type == VmdkType.VMFS_THIN);
    assertThat(lines)
        .anyMatch(line -> line.matches("ddb.longContentID = \"[0-9a-f]{24}fffffffe\""));
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "ddb.uuid = \"60 00 c2 9[0-9a-f]( [0-9a-f]{2}){4}-[0-9a-f]{2}( [0-9a-f]{2}){7}\""));
  }

  /** The geometries of VMware's products: IDE's by 16 heads, SCSI's by the size. */
  @ParameterizedTest
  @CsvSource({
    "IDE, 1, ide, 2080, 16, 63",
    "IDE, 100, ide, 16383, 16, 63",
    "SCSI_BUSLOGIC, 1, buslogic, 1024, 64, 32",
    "SCSI_LSILOGIC, 2, lsilogic, 1024, 128, 32",
    "SCSI_LSILOGIC, 5, lsilogic, 652, 255, 63"
  })
  void theDiskDatabaseHasAdapterAndGeometry(
      VmdkAdapter adapter, long gib, String word, String cylinders, String heads, String sectors)
      throws IOException {
    create(
        VmdkCreateOptions.ofSize(gib * GIB)
            .withType(VmdkType.VMFS_SPARSE)
            .withAdapter(adapter)
            .withHardwareVersion(13));
    assertThat(descriptor("new.vmdk"))
        .contains(
            "ddb.adapterType = \"" + word + "\"",
            "ddb.geometry.cylinders = \"" + cylinders + "\"",
            "ddb.geometry.heads = \"" + heads + "\"",
            "ddb.geometry.sectors = \"" + sectors + "\"",
            "ddb.virtualHWVersion = \"13\"");
  }

  /** Section "Hosted Sparse Extents", structure SparseExtentHeader. */
  @Test
  void headerOfAHostedSparseExtentMatchesTheSpecification() throws IOException {
    create(VmdkCreateOptions.ofSize(5 * GIB));
    ByteBuffer header = littleEndian(files.bytes("new.vmdk"));
    int tables = 160; // 5 GiB by 32 MiB
    int directory = 2; // sectors
    assertThat(header.getInt(0)).as("magicNumber").isEqualTo(0x564d444b);
    assertThat(header.getInt(4)).as("version").isEqualTo(1);
    assertThat(header.getInt(8)).as("flags").isEqualTo(3);
    assertThat(header.getLong(12)).as("capacity").isEqualTo(5 * GIB / SECTOR);
    assertThat(header.getLong(20)).as("grainSize").isEqualTo(128);
    assertThat(header.getLong(28)).as("descriptorOffset").isEqualTo(1);
    assertThat(header.getLong(36)).as("descriptorSize").isEqualTo(20);
    assertThat(header.getInt(44)).as("numGTEsPerGT").isEqualTo(512);
    assertThat(header.getLong(48)).as("rgdOffset").isEqualTo(21);
    assertThat(header.getLong(56)).as("gdOffset").isEqualTo(21 + directory + tables * 4);
    assertThat(header.getLong(64)).as("overHead").isEqualTo(1408);
    assertThat(header.get(72)).as("uncleanShutdown").isZero();
    assertThat(header.get(73)).as("singleEndLineChar").isEqualTo((byte) '\n');
    assertThat(header.get(74)).as("nonEndLineChar").isEqualTo((byte) ' ');
    assertThat(header.get(75)).as("doubleEndLineChar1").isEqualTo((byte) '\r');
    assertThat(header.get(76)).as("doubleEndLineChar2").isEqualTo((byte) '\n');
    assertThat(header.getShort(77)).as("compressAlgorithm").isZero();
    assertThat(header.capacity()).isEqualTo(1408 * SECTOR);
    for (int i = 0; i < tables; i++) {
      assertThat(header.getInt(21 * SECTOR + 4 * i)).isEqualTo(21 + directory + 4 * i);
      assertThat(header.getInt(663 * SECTOR + 4 * i)).isEqualTo(663 + directory + 4 * i);
    }
  }

  /** Section "Stream-Optimized Compressed": the header of a stream, and its end. */
  @Test
  void headerAndFooterOfAStreamMatchTheSpecification() throws IOException {
    create(VmdkCreateOptions.ofSize(1 << 20).withType(VmdkType.STREAM_OPTIMIZED));
    VmdkDisk.open(files.at("new.vmdk"), VmdkOptions.defaults().withWritable(true)).close();
    ByteBuffer bytes = littleEndian(files.bytes("new.vmdk"));
    int size = bytes.capacity();
    for (int header : new int[] {0, size - 2 * SECTOR}) {
      assertThat(bytes.getInt(header)).as("magicNumber").isEqualTo(0x564d444b);
      assertThat(bytes.getInt(header + 4)).as("version").isEqualTo(3);
      assertThat(bytes.getInt(header + 8)).as("flags").isEqualTo(0x30001);
      assertThat(bytes.getLong(header + 12)).as("capacity").isEqualTo(2048);
      assertThat(bytes.getLong(header + 20)).as("grainSize").isEqualTo(128);
      assertThat(bytes.getInt(header + 44)).as("numGTEsPerGT").isEqualTo(512);
      assertThat(bytes.getLong(header + 48)).as("rgdOffset").isZero();
      assertThat(bytes.getLong(header + 64)).as("overHead").isEqualTo(128);
      assertThat(bytes.getShort(header + 77)).as("compressAlgorithm").isEqualTo((short) 1);
    }
    assertThat(bytes.getLong(56)).as("gdOffset of the header").isEqualTo(-1);
    long directory = bytes.getLong(size - 2 * SECTOR + 56);
    assertThat(bytes.getLong((int) (directory - 1) * SECTOR)).as("sectors of it").isEqualTo(1);
    assertThat(bytes.getInt((int) (directory - 1) * SECTOR + 12)).as("its marker").isEqualTo(2);
    assertThat(bytes.getInt(size - 3 * SECTOR + 12)).as("the footer's marker").isEqualTo(3);
    assertThat(Arrays.copyOfRange(bytes.array(), size - SECTOR, size))
        .as("the marker of the end")
        .containsOnly(0);
  }

  /** Section "ESXi Host Sparse Extents", structure COWDisk_Header. */
  @Test
  void headerOfAnEsxSparseExtentMatchesTheSpecification() throws IOException {
    create(VmdkCreateOptions.ofSize(GIB).withType(VmdkType.VMFS_SPARSE));
    ByteBuffer header = littleEndian(files.bytes("new-delta.vmdk"));
    assertThat(header.getInt(0)).as("magicNumber").isEqualTo(0x44574f43);
    assertThat(header.getInt(4)).as("version").isEqualTo(1);
    assertThat(header.getInt(8)).as("flags").isEqualTo(3);
    assertThat(header.getInt(12)).as("numSectors").isEqualTo((int) (GIB / SECTOR));
    assertThat(header.getInt(16)).as("grainSize").isEqualTo(1);
    assertThat(header.getInt(20)).as("gdOffset").isEqualTo(4);
    assertThat(header.getInt(24)).as("numGDEntries").isEqualTo(512);
    assertThat(header.getInt(28)).as("freeSector").isEqualTo(4 + 4);
    assertThat(header.getInt(1648)).as("uncleanShutdown").isZero();
    assertThat(header.capacity()).isEqualTo(8 * SECTOR);
  }

  @Test
  void splitDiskHasExtentsOfVmwaresSize() throws IOException {
    create(VmdkCreateOptions.ofSize(5 * GIB).withType(VmdkType.SPLIT_SPARSE));
    assertThat(descriptor("new.vmdk"))
        .contains(
            "RW 4192256 SPARSE \"new-s001.vmdk\"",
            "RW 4192256 SPARSE \"new-s002.vmdk\"",
            "RW 2101248 SPARSE \"new-s003.vmdk\"");
    assertThat(littleEndian(files.bytes("new-s003.vmdk")).getLong(28))
        .as("descriptorOffset")
        .isZero();
  }

  @ParameterizedTest
  @EnumSource
  void newDiskReadsAsZeroesAndHasItsType(VmdkType type) throws IOException {
    create(VmdkCreateOptions.ofSize(70_000 * SECTOR).withType(type));
    VmdkOptions writable = VmdkOptions.defaults().withWritable(true);
    try (VmdkDisk disk = VmdkDisk.open(files.at("new.vmdk"), writable)) {
      assertThat(disk.size()).isEqualTo(70_000 * SECTOR);
      assertThat(disk.info().createType()).isEqualTo(type.createType());
      assertThat(Disks.read(disk, disk.size() - 100_000, 100_000)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailedCreationLeavesNothing(VmdkType type) throws IOException {
    for (int calls = 0; calls < 4; calls++) {
      SimulatedFiles fresh = new SimulatedFiles();
      fresh.cutAfter(calls);
      FileLocation file = fresh.at("new.vmdk");
      VmdkCreateOptions options = VmdkCreateOptions.ofSize(3 * SECTOR).withType(type);
      assertThatThrownBy(() -> VmdkDisk.create(file, options))
          .isInstanceOf(SimulatedFiles.Cut.class);
      assertThat(fresh.names()).as("after %d calls", calls).isEmpty();
    }
  }

  @Test
  void existingFileIsNotOverwritten() throws IOException {
    files.put("new-flat.vmdk", new byte[] {1, 2, 3});
    VmdkCreateOptions options = VmdkCreateOptions.ofSize(SECTOR).withType(VmdkType.MONOLITHIC_FLAT);
    assertThatThrownBy(() -> create(options)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(files.names()).containsExactly("new-flat.vmdk");
    assertThat(files.bytes("new-flat.vmdk")).containsExactly(1, 2, 3);
  }

  @Test
  void aSizeThatTheFormatCannotHoldIsRefused() {
    assertThatThrownBy(() -> create(VmdkCreateOptions.ofSize(1L << 41)))
        .isInstanceOf(VmdkException.class)
        .hasMessage(
            "new.vmdk: the size of a new monolithicSparse disk is 2199023255552 bytes; expected at"
                + " most 2199023255040");
  }
}
