package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;

/** Reads a whole disk, in pieces that its block sizes allow. */
final class DiskContents {

  private static final int PIECE = 1 << 20;

  private DiskContents() {}

  static byte[] read(BlockDevice device) throws IOException {
    BlockSizes sizes = device.capabilities().blockSizes();
    int size = Math.toIntExact(device.size());
    int usable = size - size % sizes.minimum();
    int piece = (int) Math.min(PIECE, sizes.maximum());
    byte[] contents = new byte[size];
    for (int at = 0; at < usable; at += piece) {
      int length = Math.min(piece, usable - at);
      ByteBuffer dst = ByteBuffer.allocateDirect(length);
      device.read(dst, at);
      dst.flip().get(contents, at, dst.remaining());
    }
    return contents;
  }
}
