package org.nbdcore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ZstdInputStreamTest {

  private final byte[] plain = new byte[700_001];

  /** Half of it is random, and half of it compresses well, so the output outgrows its buffer. */
  @BeforeEach
  void fill() {
    byte[] noise = new byte[plain.length / 2];
    new Random(15).nextBytes(noise);
    System.arraycopy(noise, 0, plain, 0, noise.length);
  }

  private static byte[] frame(byte[] bytes) throws IOException {
    ByteBuffer src = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    ByteBuffer dst = ByteBuffer.allocateDirect(Zstd.bound(bytes.length));
    byte[] packed = new byte[Zstd.compress(src, dst)];
    dst.get(0, packed);
    return packed;
  }

  private static byte[] unpack(byte[] packed) throws IOException {
    try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  @Test
  void concatenatedFramesAreUnpacked() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(frame(plain));
    both.write(frame(new byte[] {7}));
    byte[] unpacked = unpack(both.toByteArray());
    assertThat(unpacked).hasSize(plain.length + 1).endsWith(7);
    assertThat(Arrays.copyOf(unpacked, plain.length)).isEqualTo(plain);
    assertThat(unpack(new byte[0])).isEmpty();
  }

  @Test
  void truncatedAndCorruptFramesAreRefused() throws IOException {
    byte[] packed = frame(plain);
    assertThatThrownBy(() -> unpack(Arrays.copyOf(packed, packed.length - 1)))
        .isInstanceOf(EOFException.class);
    packed[0]++;
    assertThatThrownBy(() -> unpack(packed)).hasMessageContaining("libzstd says");
  }
}
