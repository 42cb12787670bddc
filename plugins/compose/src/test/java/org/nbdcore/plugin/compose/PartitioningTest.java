package org.nbdcore.plugin.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.testkit.Configs;

/**
 * Checks partition tables against their specifications. PartitioningIT checks them with sfdisk and
 * parted.
 */
final class PartitioningTest {

  private static final int SECTOR = 512;
  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  /** A file filled with its number. */
  private String file(int number, long size) throws IOException {
    Path file = folder.resolve("part" + number);
    byte[] bytes = new byte[(int) size];
    java.util.Arrays.fill(bytes, (byte) number);
    Files.write(file, bytes);
    return "file=" + file;
  }

  private static Plugin plugin(String... arguments) throws ConfigException {
    PartitioningProvider provider = new PartitioningProvider();
    return provider.create(Configs.of(provider.parameters(), arguments));
  }

  private static BlockDevice open(String... arguments) throws Exception {
    return plugin(arguments).open(OpenRequest.detached("", false));
  }

  private static ByteBuffer read(BlockDevice device, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    device.read(bytes, offset);
    return bytes.flip();
  }

  private record Entry(int id, long start, long sectors) {}

  private static List<Entry> entries(BlockDevice device, long sector) throws IOException {
    ByteBuffer table = read(device, sector * SECTOR, SECTOR);
    assertThat(table.getShort(510)).isEqualTo((short) 0xaa55);
    List<Entry> entries = new ArrayList<>();
    for (int at = 446; at < 510; at += 16) {
      if (table.get(at + 4) != 0) {
        entries.add(
            new Entry(
                Byte.toUnsignedInt(table.get(at + 4)),
                Integer.toUnsignedLong(table.getInt(at + 8)),
                Integer.toUnsignedLong(table.getInt(at + 12))));
      }
    }
    return entries;
  }

  @Test
  void mbrEntryUsesTheParametersBeforeItsFile() throws Exception {
    try (BlockDevice device =
        open(
            file(1, 1000),
            "mbr-id=0x82",
            "alignment=4k",
            file(2, 512),
            "mbr-id=default",
            file(3, 513),
            "mbr-id=7",
            "alignment=512",
            file(4, 1))) {
      assertThat(entries(device, 0))
          .containsExactly(
              new Entry(0x83, 2048, 2),
              new Entry(0x82, 2056, 1),
              new Entry(0x83, 2064, 2),
              new Entry(7, 2066, 1));
      assertThat(device.size()).isEqualTo(2067 * SECTOR);
      assertThat(read(device, 2048 * SECTOR + 999, 2).array()).containsExactly(1, 0);
      assertThat(read(device, 2066 * SECTOR, 2).array()).containsExactly(4, 0);
    }
  }

  @Test
  void moreThanFourMbrPartitionsNeedLogicalPartitions() throws Exception {
    List<String> words = new ArrayList<>(List.of("partition-type=mbr", "alignment=1M"));
    for (int i = 1; i <= 6; i++) {
      words.add(file(i, SECTOR));
    }
    try (BlockDevice device = open(words.toArray(new String[0]))) {
      List<Entry> primary = entries(device, 0);
      assertThat(primary).hasSize(4);
      Entry extended = primary.get(3);
      assertThat(extended.id()).isEqualTo(0x0f);
      assertThat((extended.start() + extended.sectors()) * SECTOR).isEqualTo(device.size());
      long record = extended.start();
      for (int i = 4; i <= 6; i++) {
        List<Entry> logical = entries(device, record);
        long start = record + logical.get(0).start();
        assertThat(start % 2048).isZero();
        assertThat(read(device, start * SECTOR, 1).get(0)).isEqualTo((byte) i);
        assertThat(logical).hasSize(i < 6 ? 2 : 1);
        record = i < 6 ? extended.start() + logical.get(1).start() : record;
      }
    }
  }

  @Test
  void gptHasTwoHeadersWithChecksumsAndAProtectiveMbr() throws Exception {
    String linux = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
    String efi = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
    try (BlockDevice device =
        open(
            "partition-type=gpt",
            file(1, 700),
            "type-guid=" + efi,
            file(2, 512),
            "type-guid=default",
            file(3, 512))) {
      long sectors = device.size() / SECTOR;
      assertThat(entries(device, 0)).containsExactly(new Entry(0xee, 1, sectors - 1));
      checkHeader(device, 1, sectors - 1, 2);
      checkHeader(device, sectors - 1, 1, sectors - 33);
      ByteBuffer table = read(device, 2 * SECTOR, 3 * 128);
      assertThat(guid(table, 0)).isEqualTo(linux);
      assertThat(guid(table, 128)).isEqualTo(efi);
      assertThat(guid(table, 256)).isEqualTo(linux);
      assertThat(table.getLong(32)).isEqualTo(2048);
      assertThat(table.getLong(40)).isEqualTo(2049);
      assertThat(table.getLong(128 + 32)).isEqualTo(4096);
      assertThat(guid(table, 16)).isNotEqualTo(guid(table, 128 + 16));
      assertThat(read(device, 4096 * SECTOR, 1).get(0)).isEqualTo((byte) 2);
    }
  }

  private static void checkHeader(BlockDevice device, long own, long other, long table)
      throws IOException {
    ByteBuffer header = read(device, own * SECTOR, SECTOR);
    assertThat(header.getLong(24)).isEqualTo(own);
    assertThat(header.getLong(32)).isEqualTo(other);
    assertThat(header.getLong(72)).isEqualTo(table);
    int count = header.getInt(80);
    assertThat(header.getInt(88)).isEqualTo(crc(read(device, table * SECTOR, count * 128).array()));
    int sum = header.getInt(16);
    byte[] plain = new byte[92];
    header.putInt(16, 0).get(0, plain);
    assertThat(crc(plain)).isEqualTo(sum);
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static String guid(ByteBuffer table, int at) {
    StringBuilder text = new StringBuilder();
    for (int i : new int[] {3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15}) {
      text.append(i < 0 ? "-" : String.format("%02X", table.get(at + i)));
    }
    return text.toString();
  }

  @Test
  void partitionTypeDependsOnNumberAndSizeOfFiles() throws Exception {
    String[] five = new String[5];
    for (int i = 0; i < 5; i++) {
      five[i] = file(i, 1);
    }
    try (BlockDevice four = open(five[0], five[1], five[2], five[3]);
        BlockDevice more = open(five)) {
      assertThat(entries(four, 0)).hasSize(4);
      assertThat(entries(more, 0)).extracting(Entry::id).containsExactly(0xee);
    }
    Path large = folder.resolve("large");
    try (java.io.RandomAccessFile sparse = new java.io.RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength((1L << 41) + 1);
    }
    try (BlockDevice device = open("file=" + large)) {
      assertThat(entries(device, 0)).extracting(Entry::id).containsExactly(0xee);
    }
    assertThatThrownBy(() -> plugin("partition-type=mbr", "file=" + large))
        .hasMessageContaining("use partition-type=gpt");
  }

  @Test
  void writesThatChangeTheTableOrAGapAreRefused() throws Exception {
    try (BlockDevice device = open(file(1, 700), file(2, 512))) {
      ByteBuffer same = read(device, 0, MIB + 1024);
      device.write(same, 0, Flags.NONE);
      device.zero(MIB + 700, 300, Flags.NONE);
      device.trim(0, 512, Flags.NONE);
      assertThat(read(device, 510, 1).get(0)).isEqualTo((byte) 0x55);
      for (long offset : new long[] {0, 510, 512, MIB - 1, MIB + 700}) {
        assertThatThrownBy(() -> device.write(ByteBuffer.wrap(new byte[] {77}), offset, Flags.NONE))
            .as("a write at %d", offset)
            .isInstanceOfSatisfying(
                NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EIO))
            .hasMessageContaining("the byte at " + offset);
      }
      assertThatThrownBy(() -> device.zero(0, 512, Flags.NONE)).hasMessageContaining("byte at");
      ByteBuffer across = ByteBuffer.wrap(new byte[] {9, 9});
      assertThatThrownBy(() -> device.write(across, MIB + 699, Flags.NONE))
          .hasMessageContaining("byte at");
      assertThat(read(device, MIB + 699, 1).get(0)).as("nothing was written").isEqualTo((byte) 1);
      device.write(ByteBuffer.wrap(new byte[] {9}), MIB + 699, Flags.NONE);
      assertThat(Files.readAllBytes(folder.resolve("part1"))[699]).isEqualTo((byte) 9);
    }
  }

  @Test
  void extentsShowTheTableTheGapAndTheFiles() throws Exception {
    try (BlockDevice device = open(file(1, MIB), file(2, 4096))) {
      Extents extents = new Extents(0, device.size(), 100);
      device.extents(0, device.size(), Flags.NONE, extents);
      assertThat(extents.length(0)).isEqualTo(512);
      assertThat(extents.type(0)).isEqualTo(ExtentSink.DATA);
      assertThat(extents.length(1)).isEqualTo(MIB - 512);
      assertThat(extents.type(1)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
      assertThat(extents.position()).isEqualTo(device.size());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "partition-type=bsd|partition-type must be one of mbr, gpt, not 'bsd'",
        "alignment=1000|alignment must be a multiple of 512 between 512 and 1T, not '1000'",
        "alignment=0|alignment must be a multiple of 512 between 512 and 1T, not '0'",
        "mbr-id=256|mbr-id must be a byte such as 0x82, or default, not '256'",
        "mbr-id=x|mbr-id must be a byte such as 0x82, or default, not 'x'",
        "type-guid=x|type-guid must be a GUID such as",
      })
  void errorNamesTheInvalidValue(String word, String message) throws Exception {
    String file = file(1, 1);
    assertThatThrownBy(() -> plugin(word, file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "folder", "empty"})
  void errorNamesAFileThatCannotBeAPartition(String name) throws Exception {
    Files.createDirectories(folder.resolve("folder"));
    Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> plugin("file=" + folder.resolve(name)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(folder.resolve(name).toString());
  }

  @Test
  void fileResizedAfterTheStartIsRefused() throws Exception {
    Plugin plugin = plugin(file(1, 512));
    Files.write(folder.resolve("part1"), new byte[1024]);
    assertThatThrownBy(() -> plugin.open(OpenRequest.detached("", false)))
        .hasMessageContaining("has 1024 bytes now, not 512");
  }
}
