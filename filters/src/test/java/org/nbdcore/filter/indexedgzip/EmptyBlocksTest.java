package org.nbdcore.filter.indexedgzip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.zip.Inflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmptyBlocksTest {

  /** A stored block follows: its contents begin at the next byte, wherever the header is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void blockAfterEmptyBlocksBeginsAtTheGivenBit(int bits) throws Exception {
    boolean split = bits > 5; // the header has 3 bits
    int header = 1 << bits; // the last block, and stored
    byte[] blocks = EmptyBlocks.before(bits, header & 0xff | (1 << bits) - 1);
    assertThat(blocks.length).isLessThanOrEqualTo(EmptyBlocks.LONGEST);
    byte[] rest = {2, 0, -3, -1, 'o', 'k'};
    byte[] stream = Arrays.copyOf(blocks, blocks.length + (split ? 1 : 0) + rest.length);
    System.arraycopy(rest, 0, stream, stream.length - rest.length, rest.length);
    Inflater inflater = new Inflater(true);
    inflater.setInput(stream);
    byte[] unpacked = new byte[10];
    assertThat(inflater.inflate(unpacked)).isEqualTo(2);
    assertThat(inflater.finished()).isTrue();
    assertThat(Arrays.copyOf(unpacked, 2)).containsExactly('o', 'k');
    inflater.end();
  }
}
