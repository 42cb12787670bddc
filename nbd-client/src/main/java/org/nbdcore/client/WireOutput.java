package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * Writes requests and options: a header and its payload, in one gathering write. For one thread at
 * a time.
 */
final class WireOutput {

  /** For a heap buffer, the JDK allocates and keeps a direct buffer of the same size. */
  private static final int HEAP_SLICE = 1 << 17;

  private final GatheringByteChannel channel;
  private final ByteBuffer[] parts = new ByteBuffer[2];

  WireOutput(GatheringByteChannel channel) {
    this.channel = channel;
  }

  /** Writes all of {@code message}. */
  void write(ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      channel.write(message);
    }
  }

  /** Writes all of {@code header}, then all of {@code payload}. */
  void write(ByteBuffer header, ByteBuffer payload) throws IOException {
    int limit = payload.limit();
    try {
      while (header.hasRemaining() || payload.position() < limit) {
        if (!payload.isDirect()) {
          payload.limit(Math.min(limit, payload.position() + HEAP_SLICE));
        }
        parts[0] = header;
        parts[1] = payload;
        channel.write(parts);
      }
    } finally {
      parts[1] = null;
      payload.limit(limit);
    }
  }
}
