package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FlatDiskTest {
  @TempDir Path dir;

  private Path descriptor(String... extents) throws IOException {
    return Files.writeString(dir.resolve("d.vmdk"), SparseFixture.descriptor("custom", extents));
  }

  private byte[] file(String name, int sectors) throws IOException {
    byte[] bytes = new byte[sectors * 512];
    new Random(name.hashCode()).nextBytes(bytes);
    Files.write(dir.resolve(name), bytes);
    return bytes;
  }

  @Test
  void flatVmfsAndZeroExtentsAreConcatenated() throws IOException {
    byte[] flat = file("flat one.vmdk", 10);
    byte[] vmfs = file("v-flat.vmdk", 4);
    Path file =
        descriptor(
            "RW 3 FLAT \"flat one.vmdk\" 2",
            "RDONLY 5 ZERO",
            "rw 4 vmfs \"v-flat.vmdk\"",
            "RW 2 FLAT \"flat one.vmdk\" 8 partitionUUID \"x\" device");
    byte[] content = new byte[14 * 512];
    System.arraycopy(flat, 2 * 512, content, 0, 3 * 512);
    System.arraycopy(vmfs, 0, content, 8 * 512, 4 * 512);
    System.arraycopy(flat, 8 * 512, content, 12 * 512, 2 * 512);
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(Disks.readAll(disk)).isEqualTo(content);
      assertThat(Disks.read(disk, 1000, 6001)).isEqualTo(Arrays.copyOfRange(content, 1000, 7001));
      assertThat(Disks.map(disk))
          .containsExactly("DATA 0+1536", "ZERO 1536+2560", "DATA 4096+3072");
      assertThat(disk.info().extents())
          .extracting(VmdkExtentInfo::type)
          .containsExactly("FLAT", "ZERO", "VMFS", "FLAT");
      assertThat(disk.info().extents().get(0).fileOffset()).isEqualTo(1024);
      assertThat(disk.preferredBlockSize()).isEqualTo(4096);
    }
  }

  @Test
  void extentFilesMayHaveAbsolutePaths() throws IOException {
    Path other = Files.createDirectory(dir.resolve("other"));
    byte[] flat = file("f", 2);
    Files.move(dir.resolve("f"), other.resolve("f"));
    try (VmdkDisk disk = VmdkDisk.open(descriptor("RW 2 FLAT \"" + other.resolve("f") + "\" 0"))) {
      assertThat(Disks.readAll(disk)).isEqualTo(flat);
    }
  }

  @Test
  void holesComeFromTheFinderAndStayWithinTheExtent() throws IOException {
    file("f", 100);
    AtomicInteger closed = new AtomicInteger();
    // Data in bytes 1000 to 2000 and 5000 to 6000 of the file.
    FileHoles.Finder finder = (path, writable) -> new Patches(closed, 1000, 2000, 5000, 6000);
    Path file = descriptor("RW 4 FLAT \"f\" 1", "RW 20 FLAT \"f\" 0", "RW 10 FLAT \"f\" 50");
    try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withHoles(finder))) {
      assertThat(Disks.map(disk))
          .containsExactly(
              "HOLE 0+488",
              "DATA 488+1000",
              "HOLE 1488+1560",
              "DATA 3048+1000",
              "HOLE 4048+3000",
              "DATA 7048+1000",
              "HOLE 8048+9360");
      assertThat(Disks.map(disk, 3100, 500)).containsExactly("DATA 3100+500");
    }
    assertThat(closed.get()).as("one file, however many extents").isEqualTo(1);
  }

  @Test
  void extentsEndIfTheFinderMakesNoProgress() throws IOException {
    file("f", 20);
    FileHoles withoutProgress =
        new FileHoles() {
          @Override
          public long nextData(long offset) {
            return 0;
          }

          @Override
          public long nextHole(long offset) {
            return 0;
          }

          @Override
          public void close() {}
        };
    Path file = descriptor("RW 20 FLAT \"f\" 0");
    try (VmdkDisk disk =
        VmdkDisk.open(
            file, VmdkOptions.defaults().withHoles((path, writable) -> withoutProgress))) {
      assertThat(Disks.map(disk)).containsExactly("DATA 0+10240");
    }
  }

  @Test
  void aFlatFileShorterThanTheDescriptorSaysIsRefused() throws IOException {
    file("f", 9);
    Path file = descriptor("RW 10 FLAT \"f\" 0");
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining(
            "f: the size is 4608 bytes; expected at least 5120 bytes from byte 0");
  }

  @Test
  void aMissingExtentFileIsReported() throws IOException {
    Path file = descriptor("RW 10 FLAT \"gone.vmdk\" 0");
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("d.vmdk: its extent file")
        .hasMessageContaining("gone.vmdk does not exist");
  }

  @Test
  void anExtentMarkedNoAccessIsNotRead() throws IOException {
    byte[] flat = file("f", 2);
    try (VmdkDisk disk =
        VmdkDisk.open(descriptor("NOACCESS 2 FLAT \"secret\" 0", "RW 2 FLAT \"f\" 0"))) {
      assertThatThrownBy(() -> Disks.read(disk, 1023, 2)).hasMessageContaining("NOACCESS");
      assertThat(Disks.read(disk, 1024, 1024)).isEqualTo(flat);
    }
  }

  @Test
  void directoryIsRefusedAsExtentAndAsDisk() throws IOException {
    Files.createDirectory(dir.resolve("folder"));
    Path file = descriptor("RW 2 FLAT \"folder\" 0");
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .hasMessageContaining("folder: the path is a directory");
    assertThatThrownBy(() -> VmdkDisk.open(dir)).hasMessageContaining("the path is a directory");
  }

  /** Data in the given ranges (start, end, start, end …), and holes elsewhere */
  private record Patches(AtomicInteger closed, long... edges) implements FileHoles {
    @Override
    public long nextData(long offset) {
      for (int i = 0; i < edges.length; i += 2) {
        if (offset < edges[i + 1]) {
          return Math.max(offset, edges[i]);
        }
      }
      return NO_MORE_DATA;
    }

    @Override
    public long nextHole(long offset) {
      for (int i = 0; i < edges.length; i += 2) {
        if (offset >= edges[i] && offset < edges[i + 1]) {
          return edges[i + 1];
        }
      }
      return offset;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** The message contains the name as the descriptor has it: a path would lose a slash. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vsan://f1f2-aa|an object of a vSAN datastore; read the disk through vddk",
        "vvol://f1f2-aa|a virtual volume; read the disk through vddk",
        "http://host/disk-flat.vmdk|a URL; download it, and name the file in the descriptor",
      })
  void extentThatIsAUriIsRefusedWithItsName(String name, String kind) throws IOException {
    Path file = dir.resolve("vsan.vmdk");
    Files.writeString(file, SparseFixture.descriptor("vmfs", "RW 8 VMFS \"" + name + "\""));
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessage(file + ": its extent '" + name + "' is not a file but " + kind);
  }

  @Test
  void anEncryptedDiskIsRefused() throws IOException {
    Path file = dir.resolve("enc.vmdk");
    Files.write(dir.resolve("flat.bin"), new byte[4096]);
    String text = SparseFixture.descriptor("vmfs", "RW 8 VMFS \"flat.bin\"");
    Files.writeString(file, text + "ddb.iofilters = \"vmwarevmcrypt\"\n");
    assertThatThrownBy(() -> VmdkDisk.open(file)).hasMessageContaining("is an encrypted disk");
  }

  @Test
  void eachHarmlessFaultCausesOneWarning() throws IOException {
    Path parent = dir.resolve("parent.vmdk");
    Path child = dir.resolve("child.vmdk");
    Files.write(dir.resolve("flat.bin"), new byte[4096]);
    String text = SparseFixture.descriptor("vmfs", "RW 8 VMFS \"flat.bin\"") + "stray\n";
    Files.writeString(parent, text);
    Files.writeString(
        child,
        text.replace("parentCID=ffffffff", "parentCID=12345678 x")
            + "parentFileNameHint=\"parent.vmdk\"\n");
    List<String> warnings = new ArrayList<>();
    VmdkDisk.open(child, VmdkOptions.defaults().withWarnings(warnings::add)).close();
    assertThat(warnings).hasSize(3);
    assertThat(warnings).filteredOn(line -> line.startsWith(parent + ": ")).hasSize(1);
  }
}
