package org.nbdcore.plugin.mkfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;

final class FloppyTest {

  private static final int PARTITION = 2048 * 512;
  private static final int TABLE = PARTITION + 32 * 512;
  private static final int LAST = 0x0fff_ffff;

  @TempDir private Path folder;

  private BlockDevice open(String... more) throws Exception {
    FloppyProvider provider = new FloppyProvider();
    List<String> arguments = new ArrayList<>(List.of("dir=" + folder));
    arguments.addAll(List.of(more));
    Plugin plugin = provider.create(Configs.of(provider.parameters(), arguments));
    plugin.start(StartContext.NONE);
    return plugin.open(OpenRequest.detached("", true));
  }

  private static ByteBuffer read(BlockDevice device, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    device.read(bytes, offset);
    return bytes.flip();
  }

  /** Follows the chain of a file of the root directory, which has a short name only. */
  private static byte[] content(ByteBuffer disk, String shortName) {
    int cluster = disk.get(PARTITION + 13) * 512;
    int data = TABLE + 2 * disk.getInt(PARTITION + 36) * 512;
    for (int entry = data; disk.get(entry) != 0; entry += 32) {
      byte[] name = new byte[11];
      disk.get(entry, name);
      if (!new String(name, StandardCharsets.US_ASCII).equals(shortName)) {
        continue;
      }
      byte[] content = new byte[disk.getInt(entry + 28)];
      int at = disk.getShort(entry + 20) << 16 | disk.getShort(entry + 26) & 0xffff;
      int done = 0;
      while (done < content.length) {
        int count = Math.min(cluster, content.length - done);
        disk.get(data + (at - 2) * cluster, content, done, count);
        done += count;
        at = disk.getInt(TABLE + 4 * at);
      }
      assertThat(at).isEqualTo(content.length == 0 ? 0 : LAST);
      return content;
    }
    throw new AssertionError("no entry " + shortName);
  }

  @Test
  void filesAreFoundThroughDirectoryEntriesAndClusterChains() throws Exception {
    byte[] bytes = new byte[100_001];
    new Random(5).nextBytes(bytes);
    Files.write(folder.resolve("FILE.BIN"), bytes);
    Files.writeString(folder.resolve("OTHER"), "text");
    Files.writeString(folder.resolve("a longer name.text"), "more");
    Files.createSymbolicLink(folder.resolve("LINK"), folder.resolve("OTHER"));
    try (BlockDevice device = open("label=MY DISK")) {
      ByteBuffer disk = read(device, 0, (int) device.size());
      assertThat(content(disk, "FILE    BIN")).isEqualTo(bytes);
      assertThat(content(disk, "OTHER      ")).isEqualTo("text".getBytes(StandardCharsets.UTF_8));
      assertThat(content(disk, "ALONGE~1TEX")).isEqualTo("more".getBytes(StandardCharsets.UTF_8));
      assertThat(content(disk, "MY DISK    ")).isEmpty();
      assertThatThrownBy(() -> content(disk, "LINK       ")).hasMessageContaining("no entry");
    }
  }

  @Test
  void readsOfAnyRangeMatchACompleteRead() throws Exception {
    byte[] bytes = new byte[70_000];
    new Random(6).nextBytes(bytes);
    Files.write(folder.resolve("FILE.BIN"), bytes);
    Random random = new Random(7);
    try (BlockDevice device = open()) {
      byte[] disk = read(device, 0, (int) device.size()).array();
      for (int i = 0; i < 300; i++) {
        int offset = random.nextInt(PARTITION + 1_000_000);
        int length = 1 + random.nextInt(100_000);
        assertThat(read(device, offset, length).array())
            .as("%d bytes at %d", length, offset)
            .isEqualTo(Arrays.copyOfRange(disk, offset, offset + length));
      }
    }
  }

  @Test
  void sizeAddsFreeSpaceAndIsRefusedIfTooSmall() throws Exception {
    try (BlockDevice device = open("size=100M")) {
      assertThat(device.size()).isEqualTo(100 << 20);
      ByteBuffer information = read(device, PARTITION + 512 + 488, 4);
      assertThat(information.getInt() * 512L).isBetween(95L << 20, 99L << 20);
    }
    assertThatThrownBy(() -> open("size=20M"))
        .hasMessageContaining("size must be at least 35138048");
  }

  @Test
  void namesThatFatDoesNotAllowAreRefused() throws Exception {
    for (String name : List.of("a:b", "dot.", "q?")) {
      Path file = Files.writeString(folder.resolve(name), "");
      assertThatThrownBy(this::open)
          .hasMessageContaining(file + " has a name that FAT does not allow");
      Files.delete(file);
    }
    Files.writeString(folder.resolve("same"), "");
    Files.writeString(folder.resolve("Same"), "");
    assertThatThrownBy(this::open).hasMessageContaining("FAT does not distinguish case");
    assertThatThrownBy(() -> open("label=a/b")).hasMessageContaining("label must be 1 to 11");
  }

  @Test
  void shortNamesAreUniqueInADirectory() throws Exception {
    for (int i = 0; i < 12; i++) {
      Files.writeString(folder.resolve("document number " + i + ".txt"), "" + i);
    }
    try (BlockDevice device = open()) {
      ByteBuffer disk = read(device, 0, (int) device.size());
      assertThat(content(disk, "DOCUME~1TXT")).isEqualTo(new byte[] {'0'});
      assertThat(content(disk, "DOCUM~12TXT")).isEqualTo(new byte[] {'9'});
    }
  }

  @Test
  void aFileThatHasBecomeShorterIsAnError() throws Exception {
    Path file = Files.write(folder.resolve("FILE"), new byte[1000]);
    try (BlockDevice device = open()) {
      Files.write(file, new byte[10]);
      assertThatThrownBy(() -> read(device, 0, (int) device.size()))
          .hasMessageContaining(file + " is shorter than when the server was started");
    }
  }
}
