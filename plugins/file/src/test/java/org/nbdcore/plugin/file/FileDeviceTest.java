package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.system.SystemCalls;

final class FileDeviceTest {

  private static final int MIB = 1 << 20;
  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;

  @TempDir Path folder;
  private Path path;
  private FileDevice device;

  @BeforeEach
  void fillWithSevens() throws IOException {
    path = folder.resolve("dïsk with spaces");
    Files.write(path, sevens(4 * MIB));
    device = FileDevice.open(path, false, Session.DETACHED);
  }

  @AfterEach
  void close() throws IOException {
    device.close();
  }

  private static byte[] sevens(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  private Extents extents() throws IOException {
    Extents extents = new Extents(0, 4 * MIB, 100);
    device.extents(0, 4 * MIB, Flags.NONE, extents);
    return extents;
  }

  private byte[] fileBytes(int offset, int length) throws IOException {
    return Arrays.copyOfRange(Files.readAllBytes(path), offset, offset + length);
  }

  private static void assertAllBytes(byte[] bytes, int value) {
    byte[] expected = new byte[bytes.length];
    Arrays.fill(expected, (byte) value);
    assertThat(Arrays.mismatch(bytes, expected)).as("where it is not %d", value).isEqualTo(-1);
  }

  private static void assertError(Throwable failure, NbdError error) {
    assertThat(failure)
        .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void extentsMatchTheHolesOfTheFile() throws IOException {
    assumeTrue(SystemCalls.expected());
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(MIB);
      file.setLength(4 * MIB);
      file.seek(3 * MIB);
      file.write(sevens(MIB));
    }
    Extents extents = extents();
    assertThat(extents.size()).isEqualTo(3);
    assertThat(extents.type(0)).isEqualTo(ExtentSink.DATA);
    assertThat(extents.type(1)).isEqualTo(HOLE);
    assertThat(extents.length(1)).isEqualTo(2 * MIB);
    assertThat(extents.length(2)).isEqualTo(MIB);
  }

  @Test
  void holeAtTheEndIsReported() throws IOException {
    assumeTrue(SystemCalls.expected());
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(MIB);
      file.setLength(4 * MIB);
    }
    Extents extents = extents();
    assertThat(extents.type(1)).isEqualTo(HOLE);
    assertThat(extents.length(1)).isEqualTo(3 * MIB);
  }

  @Test
  void reqOneReportsOnlyTheFirstExtent() throws IOException {
    assumeTrue(SystemCalls.expected());
    device.trim(0, MIB, Flags.NONE);
    Extents extents = new Extents(4096, 4 * MIB - 4096, 100);
    device.extents(4096, 4 * MIB - 4096, Flags.REQ_ONE, extents);
    assertThat(extents.size()).isEqualTo(1);
    assertThat(extents.length(0)).isEqualTo(MIB - 4096);
  }

  @Test
  void lastExtentMayExceedTheRequestedRange() throws IOException {
    assumeTrue(SystemCalls.expected());
    device.trim(MIB, 3 * MIB, Flags.NONE);
    Extents data = new Extents(4096, 4096, 100).acceptUntil(4 * MIB);
    device.extents(4096, 4096, Flags.NONE, data);
    assertThat(data.position()).isEqualTo(MIB);
    Extents hole = new Extents(2 * MIB, 4096, 100).acceptUntil(Long.MAX_VALUE);
    device.extents(2 * MIB, 4096, Flags.NONE, hole);
    assertThat(hole.position()).as("not beyond the file").isEqualTo(4 * MIB);
  }

  @Test
  void trimMakesAHole() throws IOException {
    assumeTrue(SystemCalls.expected());
    device.trim(MIB, MIB, Flags.FUA);
    Extents extents = extents();
    assertThat(extents.size()).isEqualTo(3);
    assertThat(extents.type(1)).isEqualTo(HOLE);
    assertThat(extents.length(1)).isEqualTo(MIB);
    assertAllBytes(fileBytes(MIB, MIB), 0);
    assertThat(Files.size(path)).isEqualTo(4 * MIB);
  }

  @Test
  void unalignedZeroReadsAsZeroesWithAndWithoutMayTrim() throws IOException {
    device.zero(4097, 70_001, Flags.MAY_TRIM);
    device.zero(MIB + 1, 70_001, Flags.NONE);
    assertAllBytes(fileBytes(4096, 1), 7);
    assertAllBytes(fileBytes(4097, 70_001), 0);
    assertAllBytes(fileBytes(4097 + 70_001, 10), 7);
    assertAllBytes(fileBytes(MIB, 1), 7);
    assertAllBytes(fileBytes(MIB + 1, 70_001), 0);
    assertAllBytes(fileBytes(MIB + 1 + 70_001, 10), 7);
  }

  @Test
  void fileThatReplacedTheOpenFileIsNotModified() throws IOException {
    assumeTrue(SystemCalls.expected());
    Path other = Files.write(folder.resolve("other"), sevens(4 * MIB));
    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    device.zero(0, 4 * MIB, Flags.MAY_TRIM);
    assertAllBytes(fileBytes(0, 4 * MIB), 7);
    ByteBuffer dst = ByteBuffer.allocate(MIB);
    device.read(dst, 0);
    assertAllBytes(dst.array(), 0);
    assertThat(extents().type(0)).as("found through Java's descriptor").isEqualTo(HOLE);
  }

  @Test
  void readOnlyDeviceRefusesToWrite() throws IOException {
    try (FileDevice reading = FileDevice.open(path, true, Session.DETACHED)) {
      assertThat(reading.capabilities().write()).isFalse();
      assertThat(reading.capabilities().extents()).isEqualTo(SystemCalls.expected());
      ByteBuffer one = ByteBuffer.allocate(1);
      assertThatThrownBy(() -> reading.write(one, 0, Flags.NONE))
          .hasMessageContaining("open for reading only")
          .satisfies(e -> assertError(e, NbdError.EPERM));
      assertThatThrownBy(() -> reading.zero(0, 1, Flags.NONE))
          .satisfies(e -> assertError(e, NbdError.EPERM));
      assertThatThrownBy(() -> reading.trim(0, 1, Flags.NONE))
          .satisfies(e -> assertError(e, NbdError.EPERM));
    }
    assertAllBytes(fileBytes(0, 4 * MIB), 7);
  }

  @Test
  void fileWithoutWritePermissionIsServedReadOnly() throws IOException {
    assumeTrue(path.toFile().setWritable(false));
    assumeTrue(!Files.isWritable(path), "permissions do not bind this user");
    try (FileDevice reading = FileDevice.open(path, false, Session.DETACHED)) {
      assertThat(reading.capabilities().write()).isFalse();
    }
  }

  @Test
  void readBeyondATruncatedFileFailsWithEio() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(MIB);
    }
    assertThatThrownBy(() -> device.read(ByteBuffer.allocate(100), MIB - 10))
        .hasMessageContaining("ends at " + MIB)
        .satisfies(e -> assertError(e, NbdError.EIO));
  }

  @Test
  void errorNamesAMissingFile() {
    assertThatThrownBy(() -> FileDevice.open(folder.resolve("no"), false, Session.DETACHED))
        .isInstanceOf(NbdException.class)
        .hasMessageContaining("cannot open no: ");
  }

  @Test
  void fuaWriteAndFlushReachTheFile() throws IOException {
    device.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 5, Flags.FUA);
    device.flush();
    assertThat(fileBytes(4, 5)).containsExactly(7, 1, 2, 3, 7);
    assertThat(device.capabilities().fua()).isEqualTo(Support.NATIVE);
  }
}
