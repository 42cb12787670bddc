package org.nbdcore.client.copy;

import java.io.IOException;

/** Reads a pipe from start to end. */
final class PipePlan implements CopyPlan {

  private final CopySource source;
  private final long limit;
  private long offset;
  private boolean ended;

  /**
   * Reads all of {@code source}.
   *
   * @param limit the destination's size, or -1
   */
  PipePlan(CopySource source, long limit) {
    this.source = source;
    this.limit = limit;
  }

  @Override
  public boolean next(CopyChunk piece) throws IOException {
    if (ended) {
      return false;
    }
    piece.buffer.clear();
    source.next(piece.buffer);
    ended = piece.buffer.hasRemaining();
    piece.buffer.flip();
    long end = offset + piece.buffer.limit();
    if (limit >= 0 && end > limit) {
      throw new IOException(source + " has more bytes than the destination, which has " + limit);
    }
    piece.set(offset, end, false);
    piece.filled = true;
    offset = end;
    return piece.length > 0;
  }
}
