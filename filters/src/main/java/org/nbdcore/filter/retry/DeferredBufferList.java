package org.nbdcore.filter.retry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.BufferList;

/**
 * Buffers of a zero-copy read, forwarded only after the whole read has succeeded. It accepts no
 * files, because the device, and so its file, may be closed while the file is being sent. Memory
 * stays valid while it is referenced.
 */
final class DeferredBufferList implements BufferList {

  private static final ByteBuffer ZEROES = ByteBuffer.allocate(0);

  /** Memory, or {@link #ZEROES} in the place of a run of them. */
  private final List<ByteBuffer> pieces = new ArrayList<>();

  private long[] zeroes = new long[4]; // the lengths of these runs
  private int runs;

  @Override
  public void add(ByteBuffer bytes) {
    pieces.add(bytes);
  }

  @Override
  public void addZeroes(long length) {
    if (runs == zeroes.length) {
      zeroes = Arrays.copyOf(zeroes, runs * 2);
    }
    zeroes[runs++] = length;
    pieces.add(ZEROES);
  }

  /** Forwards all of the buffers. */
  void passTo(BufferList buffers) {
    int run = 0;
    for (int i = 0; i < pieces.size(); i++) {
      ByteBuffer piece = pieces.get(i);
      if (piece == ZEROES) {
        buffers.addZeroes(zeroes[run++]);
      } else {
        buffers.add(piece);
      }
    }
  }
}
