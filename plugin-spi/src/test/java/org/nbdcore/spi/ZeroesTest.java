package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ZeroesTest {

  @Test
  void fillWritesExactlyTheRemainingBytesAtEveryAlignment() {
    for (int from = 0; from < 20; from++) {
      for (int length = 0; length < 40; length++) {
        byte[] expected = new byte[64];
        Arrays.fill(expected, (byte) 1);
        ByteBuffer buffer = ByteBuffer.allocateDirect(64).put(expected).position(from);
        Arrays.fill(expected, from, from + length, (byte) 0);
        Zeroes.fill(buffer.limit(from + length));
        assertThat(buffer.remaining()).isZero();
        byte[] found = new byte[64];
        buffer.clear().get(found);
        assertThat(found).as("%d bytes from %d", length, from).isEqualTo(expected);
      }
    }
  }

  @Test
  void isZeroFindsANonZeroByteOnlyInsideTheRange() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    for (int at = 0; at < 64; at++) {
      buffer.put(at, (byte) 0x80);
      for (int length = 0; length <= 40; length++) {
        boolean outside = at < 11 || at >= 11 + length;
        assertThat(Zeroes.isZero(buffer, 11, length))
            .as("%d bytes from 11, set at %d", length, at)
            .isEqualTo(outside);
      }
      buffer.put(at, (byte) 0);
    }
    assertThat(buffer.position()).isZero();
  }

  /** At every distance from the steps of 32 bytes, in every kind of buffer. */
  @Test
  void isZeroFindsEachSingleBitInEveryKindOfBuffer() {
    for (int start = 0; start < 9; start++) {
      for (int length = 0; length <= 70; length++) {
        ByteBuffer direct = ByteBuffer.allocateDirect(80);
        ByteBuffer heap = ByteBuffer.allocate(80);
        ByteBuffer slice = ByteBuffer.allocate(83).slice(3, 80).order(ByteOrder.LITTLE_ENDIAN);
        for (ByteBuffer buffer : List.of(direct, heap, slice)) {
          ByteBuffer view = buffer.asReadOnlyBuffer().order(buffer.order()).position(1).limit(79);
          assertThat(Zeroes.isZero(view, start, length)).isTrue();
          for (int at = start; at < start + length; at++) {
            buffer.put(at, (byte) (1 << at % 8));
            if (Zeroes.isZero(view, start, length)) {
              fail("%d bytes from %d, set at %d: %s", length, start, at, view);
            }
            buffer.put(at, (byte) 0);
          }
          assertThat(view.position()).isEqualTo(1);
        }
      }
    }
  }
}
