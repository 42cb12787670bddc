package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostileFileTest {
  @TempDir Path dir;

  private Path write(byte[] image) throws IOException {
    return Files.write(dir.resolve("disk.vmdk"), image);
  }

  private static SparseFixture fixture() {
    SparseFixture fixture = SparseFixture.monolithic(64).grain(3, 0x33);
    fixture.redundant = false;
    return fixture;
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("disk.vmdk: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4|0|the sparse header's version is 0; expected 1, 2 or 3",
        "4|4|the sparse header's version is 4; expected 1, 2 or 3",
        "12|-1|capacity is 18446744073709551615 sectors; expected at most",
        "12|4611686018427387904|capacity is 4611686018427387904 sectors; expected at most",
        "12|63|capacity is 63 sectors; expected 64, as the descriptor says",
        "12|18014398509481983|entries of 4 bytes within the file's",
        "20|0|grainSize is 0 sectors; expected a power of two between 1 and 131072",
        "20|3|grainSize is 3 sectors; expected a power of two",
        "20|-9223372036854775808|grainSize is 9223372036854775808 sectors; expected a power of two",
        "20|262144|grainSize is 262144 sectors; expected a power of two",
        "28|9223372036854775807|descriptorOffset is 9223372036854775807; expected a sector",
        "28|-1|descriptorOffset is 18446744073709551615; expected a sector",
        "28|1000000|the embedded descriptor is 2048 bytes at byte 512000000; expected a position"
            + " within",
        "28|0|is one extent of a disk (KDMV without a descriptor)",
        "36|0|descriptorSize is 0 sectors; expected 1 to 2048",
        "36|2049|descriptorSize is 2049 sectors; expected 1 to 2048",
        "36|-1|descriptorSize is 18446744073709551615 sectors; expected 1 to 2048",
        "56|0|gdOffset is sector 0; expected 2 entries of 4 bytes within the file's",
        "56|1000000|gdOffset is sector 1000000; expected 2 entries",
        "56|-2|gdOffset is sector 18446744073709551614; expected 2 entries",
        "56|-1|is a stream without an end: its last 7680 bytes hold neither footer nor",
      })
  void invalidHeaderFieldIsReported(int at, long value, String message) throws IOException {
    byte[] image = fixture().build();
    int bytes = at == 4 ? 4 : 8;
    SparseFixture.le(8).putLong(0, value).get(0, image, at, bytes);
    assertRefused(write(image), message);
  }

  /** The number of bytes of 2^55 + 2 sectors overflows 64 bits and becomes small. */
  @Test
  void redundantDirectoryBeyondTheFileIsRefusedForWriting() throws IOException {
    byte[] image = SparseFixture.monolithic(64).grain(3, 0x33).build();
    SparseFixture.le(8).putLong(0, (1L << 55) + 2).get(0, image, 48, 8);
    Path file = write(image);
    assertThatThrownBy(() -> VmdkDisk.open(file, VmdkOptions.defaults().withWritable(true)))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("disk.vmdk: ")
        .hasMessageContaining("the position of a grain directory is sector 36028797018963970");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 4097, Integer.MIN_VALUE})
  void anAbsurdNumberOfTableEntriesIsRefused(int entries) throws IOException {
    byte[] image = fixture().build();
    SparseFixture.le(4).putInt(0, entries).get(0, image, 44, 4);
    assertRefused(
        write(image), "numGTEsPerGT is " + Integer.toUnsignedString(entries) + "; expected 512");
  }

  @Test
  void aFileThatWasCopiedInTextModeIsRecognised() throws IOException {
    byte[] image = fixture().build();
    image[75] = '\n';
    assertRefused(write(image), "was the file copied in text mode?");
  }

  @Test
  void compressionWithAnUnknownAlgorithmOrWithoutMarkersOrWithHugeGrainsIsRefused()
      throws IOException {
    SparseFixture stream = SparseFixture.stream(64).grain(0, 1);
    stream.footer = false;
    byte[] valid = stream.build();
    byte[] algorithm = valid.clone();
    algorithm[77] = 2;
    assertRefused(write(algorithm), "compressAlgorithm is 2; expected 1 (deflate)");
    byte[] markers = valid.clone();
    markers[10] = 1;
    assertRefused(write(markers), "flags is 00010001; expected bit 17 (markers)");
    byte[] grains = valid.clone();
    SparseFixture.le(8).putLong(0, 16384).get(0, grains, 20, 8);
    assertRefused(write(grains), "grainSize is 16384 sectors; expected at most 8192");
  }

  @Test
  void everyTruncatedSparseDiskFailsWithAVmdkException() throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = fixture.build();
    byte[] content = fixture.content();
    for (int length = 0; length < image.length; length += 97) {
      Path file = write(Arrays.copyOf(image, length));
      assertThatThrownBy(
              () -> {
                try (VmdkDisk disk = VmdkDisk.open(file)) {
                  assertThat(Disks.readAll(disk)).isEqualTo(content);
                }
              })
          .as("%d of %d bytes", length, image.length)
          .isInstanceOf(VmdkException.class);
    }
  }

  @Test
  void aDescriptorBeyondOneMebibyteIsNotRead() throws IOException {
    Path file = write("# Disk DescriptorFile\n".getBytes(StandardCharsets.US_ASCII));
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(1L << 40);
    }
    assertRefused(
        file,
        "is not a VMDK file; expected a sparse extent (KDMV) or a descriptor of at most 1048576"
            + " bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RW 8 VMFSSPARSE \"self\"|the size is 1024 bytes; expected room for an ESX sparse extent's"
            + " header",
        "RW 8 SESPARSE \"self\"|the magic number is 0000000000000000; expected 00000000cafebabe",
        "RW 8 WHATEVER \"self\"|an extent's type is WHATEVER; expected FLAT, VMFS, SPARSE,",
        "RW 8 VMFSRDM \"x\"|its extent of type VMFSRDM is a raw device mapping, whose data is on a"
            + " LUN",
        "RW 8 VMFSRAW \"x\"|its extent of type VMFSRAW is a raw device mapping",
        "RW 8 FLAT|a FLAT extent's file name is missing; expected one in quotes",
        "RW 8 SPARSE \"self\"|the magic number at byte 0 is",
      })
  void unsupportedExtentsAreReported(String line, String message) throws IOException {
    Files.write(dir.resolve("self"), new byte[1024]);
    Path file =
        Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", line));
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anEsxSparseExtentIsRecognised() throws IOException {
    assertRefused(
        write("COWD0000".getBytes(StandardCharsets.US_ASCII)),
        "is the data of a snapshot (COWD, vmfsSparse)");
  }

  @Test
  void furtherExtentOfAnEmbeddedDescriptorMustExist() throws IOException {
    SparseFixture fixture = fixture();
    fixture.descriptor =
        SparseFixture.descriptor("custom", "RW 64 SPARSE \"a\"", "RW 8 FLAT \"b\" 0");
    assertRefused(
        fixture.write(dir.resolve("disk.vmdk")),
        "its extent file " + dir.resolve("b") + " does not exist");
  }

  @Test
  void embeddedDescriptorOfAMissingFlatFileIsRefused() throws IOException {
    SparseFixture fixture = fixture();
    fixture.descriptor = SparseFixture.descriptor("custom", "RW 64 FLAT \"nowhere\" 0");
    assertThatThrownBy(() -> VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk"))))
        .isInstanceOf(VmdkException.class);
  }

  @Test
  void missingFileIsANoSuchFileException() {
    assertThatThrownBy(() -> VmdkDisk.open(dir.resolve("gone.vmdk")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void endlessDeviceIsRefused() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/zero")));
    assertThatThrownBy(() -> VmdkDisk.open(Path.of("/dev/zero")))
        .hasMessageContaining("neither file nor disk; expected a regular file");
  }

  @Test
  void tablesThatOverlapTheirDirectoryAreRead() throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = fixture.build();
    ByteBuffer directory = SparseFixture.le(16);
    for (int i = 0; i < 4; i++) {
      directory.putInt((int) (fixture.directoryOffset / 512));
    }
    directory.get(0, image, (int) fixture.directoryOffset, 16);
    try (VmdkDisk disk = VmdkDisk.open(write(image))) {
      assertThat(Disks.map(disk)).containsExactly("DATA 0+32768");
      assertThat(Disks.readAll(disk)).hasSize(32768);
    }
  }

  @Test
  void anEmptyDiskIsEmpty() throws IOException {
    SparseFixture fixture = SparseFixture.monolithic(0);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThat(disk.size()).isZero();
      assertThat(Disks.map(disk)).isEmpty();
      assertThat(Disks.readAll(disk)).isEmpty();
    }
  }

  @Test
  void aFailedOpenLeavesNoFileOpen() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors));
    Files.write(dir.resolve("a"), new byte[4096]);
    String[] lines = {"RW 8 FLAT \"a\" 0", "RW 8 FLAT \"missing\" 0"};
    Path file =
        Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", lines));
    assertThatThrownBy(() -> VmdkDisk.open(file)).isInstanceOf(VmdkException.class);
    assertThat(openIn(descriptors)).isZero();
  }

  private long openIn(Path descriptors) throws IOException {
    long found = 0;
    try (var each = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : each) {
        try {
          found += Files.readSymbolicLink(descriptor).startsWith(dir) ? 1 : 0;
        } catch (NoSuchFileException e) {
          continue; // the descriptor of the listing itself
        }
      }
    }
    return found;
  }

  /** A regular expression that backtracks over the spaces would take hours. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void longEncodingNameIsRefusedQuickly() throws IOException {
    String text = "# Disk DescriptorFile\nencoding=x" + " ".repeat(1_000_000) + "ü\n";
    assertThatThrownBy(() -> VmdkDisk.open(write(text.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("encoding is");
  }
}
