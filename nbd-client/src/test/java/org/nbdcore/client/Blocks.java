package org.nbdcore.client;

import java.io.IOException;
import java.util.Arrays;
import org.nbdcore.client.fake.Peer;

/** Blocks of one value, which tests read and write. */
final class Blocks {

  static final int SIZE = 512;

  private Blocks() {}

  static byte[] of(int value) {
    byte[] block = new byte[SIZE];
    Arrays.fill(block, (byte) value);
    return block;
  }

  /** Answers a read of one block. */
  static void send(Peer peer, Peer.Request request, int value) throws IOException {
    peer.chunkHeader(1, 1, request.cookie(), SIZE + 8);
    peer.out.writeLong(request.offset());
    peer.out.write(of(value));
    peer.out.flush();
  }
}
