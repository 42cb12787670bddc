package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** Writes requests and options: a header, gathered with its payload. One thread at a time. */
final class WireOutput {

  /** The JDK copies a heap buffer through a direct one of the same size, and keeps that. */
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
