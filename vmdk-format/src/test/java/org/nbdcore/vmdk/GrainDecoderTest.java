package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With libdeflate, where it is installed, and without. */
@Tag("newest")
final class GrainDecoderTest {
  private static final long SEED = 8152;
  private static final int GRAIN = 64 * 1024;

  @TempDir Path dir;

  private static GrainDecoder decoder(boolean fast) {
    assumeTrue(!fast || LibDeflate.available(), "libdeflate is not installed");
    return new GrainDecoder(fast ? LibDeflate.open() : null);
  }

  /** Random bytes, followed by copies of one byte; their proportion is random. */
  private static byte[] data(Random random, int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    int random1 = random.nextInt(length + 1);
    Arrays.fill(data, random1, length, (byte) random.nextInt());
    return data;
  }

  private OpenFile file(ByteBuffer bytes) throws IOException {
    byte[] all = new byte[bytes.position()];
    bytes.flip().get(all);
    return FileLocation.of(Files.write(dir.resolve("disk.vmdk"), all)).open(false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void grainsOfAllSizesAreRead(boolean fast) throws IOException {
    Random random = new Random(SEED);
    try (GrainDecoder decoder = decoder(fast)) {
      for (int round = 0; round < 60; round++) {
        byte[] data = data(random, GRAIN);
        byte[] packed = SparseFixture.deflate(data);
        ByteBuffer bytes = SparseFixture.le(packed.length + 12 + 4096);
        bytes.putLong(128).putInt(packed.length).put(packed);
        bytes.position(bytes.position() + random.nextInt(4096)); // anything may follow the grain
        try (OpenFile file = file(bytes)) {
          DirectMemory memory = decoder.memory(GRAIN);
          decoder.decode(file, 0, 128, GRAIN, memory, GRAIN);
          assertThat(bytes(memory, GRAIN)).as("seed %d, round %d", SEED, round).isEqualTo(data);
        }
      }
    }
  }

  private static byte[] bytes(DirectMemory memory, int n) {
    ByteBuffer copy = ByteBuffer.allocate(n);
    memory.copyTo(copy, 0, n);
    return copy.array();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lastGrainMayBeFullOrEndWithTheDisk(boolean fast) throws IOException {
    byte[] data = data(new Random(SEED), GRAIN);
    try (GrainDecoder decoder = decoder(fast)) {
      for (int length : new int[] {GRAIN, 512}) {
        byte[] packed = SparseFixture.deflate(Arrays.copyOf(data, length));
        ByteBuffer bytes = SparseFixture.le(packed.length + 12);
        try (OpenFile file = file(bytes.putLong(0).putInt(packed.length).put(packed))) {
          DirectMemory memory = decoder.memory(512);
          decoder.decode(file, 0, 0, GRAIN, memory, 512);
          assertThat(bytes(memory, 512)).isEqualTo(Arrays.copyOf(data, 512));
        }
      }
    }
  }

  /** The decompression or the checksum detects a wrong byte anywhere. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damagedGrainIsNeverReturned(boolean fast) throws IOException {
    Random random = new Random(SEED);
    byte[] packed = SparseFixture.deflate(data(random, GRAIN));
    try (GrainDecoder decoder = decoder(fast)) {
      for (int round = 0; round < 200; round++) {
        byte[] damaged = packed.clone();
        int at = 2 + random.nextInt(packed.length - 2);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        ByteBuffer bytes = SparseFixture.le(packed.length + 12);
        try (OpenFile file = file(bytes.putLong(0).putInt(packed.length).put(damaged))) {
          assertThatThrownBy(() -> decoder.decode(file, 0, 0, GRAIN, decoder.memory(GRAIN), GRAIN))
              .as("seed %d, round %d, byte %d", SEED, round, at)
              .isInstanceOf(VmdkException.class)
              .hasMessageContaining("the grain of sector 0");
        }
      }
    }
  }
}
