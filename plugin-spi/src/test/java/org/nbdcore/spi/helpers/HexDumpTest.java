package org.nbdcore.spi.helpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class HexDumpTest {

  private static ByteBuffer bytes(int length) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(length + 1).position(1);
    for (int i = 0; i < length; i++) {
      bytes.put(i + 1, (byte) ('A' + i));
    }
    return bytes;
  }

  @Test
  void sixteenBytesMakeALine() {
    ByteBuffer bytes = bytes(18).put(2, (byte) 0x80);
    assertThat(HexDump.of(bytes, 512))
        .isEqualTo(
            "00000200: 41 80 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 |A.CDEFGHIJKLMNOP|\n"
                + "00000210: 51 52"
                + "   ".repeat(14)
                + " |QR|\n");
    assertThat(bytes.position()).isEqualTo(1);
    assertThat(bytes.remaining()).isEqualTo(18);
  }

  @Test
  void diffShowsDifferingLinesOfBothBuffers() {
    ByteBuffer after = bytes(18).put(18, (byte) 'z');
    assertThat(HexDump.diff(bytes(18), after, 0))
        .isEqualTo(
            "-00000010: 51 52"
                + "   ".repeat(14)
                + " |QR|\n"
                + "+00000010: 51 7a"
                + "   ".repeat(14)
                + " |Qz|\n");
    assertThat(HexDump.diff(bytes(18), bytes(18), 0)).isEmpty();
  }

  @Test
  void diffOfBuffersOfDifferentLengthIsRefused() {
    assertThatThrownBy(() -> HexDump.diff(bytes(1), bytes(2), 0)).hasMessageContaining("1 and 2");
  }
}
