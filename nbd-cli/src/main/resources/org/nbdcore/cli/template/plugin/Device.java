package com.example;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;

/** The disk, as one connection sees it. */
final class @Class@Device implements BlockDevice {

  private final byte[] contents;

  @Class@Device(byte[] contents) {
    this.contents = contents;
  }

  @Override
  public long size() {
    return contents.length;
  }

  /** The server emulates what the disk does not offer, such as zero. */
  @Override
  public Capabilities capabilities() {
    return Capabilities.readWrite().withFlush(true).withMultiConn(true);
  }

  /** Fills {@code dst} from its position to its limit. */
  @Override
  public void read(ByteBuffer dst, long offset) {
    dst.put(contents, (int) offset, dst.remaining());
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) {
    src.get(contents, (int) offset, src.remaining());
  }

  /** Makes completed writes durable. Memory has nothing to do. */
  @Override
  public void flush() {}

  @Override
  public void close() {}
}
