package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Experimental;

/** Reads disks. */
@Experimental
public final class DiskContents {

  private static final int PIECE = 1 << 20;

  private DiskContents() {}

  /** Reads a part of a disk in one call, into direct memory as the server does. */
  public static byte[] read(BlockDevice device, long offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocateDirect(length);
    device.read(dst, offset);
    if (dst.hasRemaining()) {
      throw new AssertionError("the device left " + dst.remaining() + " bytes unread");
    }
    byte[] bytes = new byte[length];
    dst.flip().get(bytes);
    return bytes;
  }

  /** Reads a whole disk, in pieces that its block sizes allow. */
  public static byte[] read(BlockDevice device) throws IOException {
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
