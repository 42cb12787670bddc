package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The content id changes with the first write, also in descriptors of other programs. */
final class ContentIdTest {

  /** A backslash and a zero stand for a zero byte, which ends the text. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "# Disk DescriptorFile\nversion=1\nRW 8 FLAT \"flat\" 0\n",
        "version=1\nRW 8 FLAT \"flat\" 0\n",
        "# of another program\nversion=1\nRW 8 FLAT \"flat\" 0",
        "version=1\nRW 8 FLAT \"flat\" 0\n\\0RW 9 ZERO and so on, for more than a line",
        "version=1\nCID=1\nRW 8 FLAT \"flat\" 0\n\\0RW 9 ZERO and so on, for more than a line",
        "version=1\nCID=1\nRW 8 FLAT \"flat\" 0\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0",
        "version=1\nCID=12345678\nRW 8 FLAT \"flat\" 0\n\\0RW 9 ZERO",
      })
  void firstWriteChangesTheContentId(String text) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    files.put("flat", new byte[8 * SparseFixture.SECTOR]);
    byte[] descriptor = text.replace("\\0", "\0").getBytes(StandardCharsets.ISO_8859_1);
    files.put(WritableKind.NAME, descriptor);
    FileLocation file = files.at(WritableKind.NAME);
    String before;
    try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withWritable(true))) {
      before = disk.info().contentId();
      disk.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 4);
    }
    try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults())) {
      assertThat(disk.info().contentId()).isNotEqualTo(before);
      assertThat(disk.size()).isEqualTo(8 * SparseFixture.SECTOR);
      assertThat(Disks.read(disk, 3, 5)).containsExactly(0, 1, 2, 3, 0);
    }
  }
}
