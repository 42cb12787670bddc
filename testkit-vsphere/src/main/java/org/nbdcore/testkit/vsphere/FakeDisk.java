package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A disk of a fake host: a raw file. Blocks of zeroes count as unallocated. */
public final class FakeDisk {

  private final FileChannel file;
  private final long size;
  private volatile boolean running;
  private volatile String adapter = "lsilogic";

  /**
   * Creates a disk.
   *
   * @param file the length must be a multiple of 512
   */
  public FakeDisk(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /** Makes the disk that of a running machine: opening it fails. */
  public FakeDisk running(boolean value) {
    running = value;
    return this;
  }

  /** Sets the descriptor's adapter type. */
  public FakeDisk adapter(String value) {
    adapter = value;
    return this;
  }

  boolean running() {
    return running;
  }

  String adapter() {
    return adapter;
  }

  long size() {
    return size;
  }

  void read(ByteBuffer dst, long offset) throws IOException {
    while (dst.hasRemaining()) {
      int n = file.read(dst, offset + dst.position());
      if (n < 0) {
        throw new IOException("beyond the end");
      }
    }
    dst.flip();
  }

  void write(ByteBuffer src, long offset) throws IOException {
    long at = offset;
    while (src.hasRemaining()) {
      at += file.write(src, at);
    }
  }

  boolean allocated(long offset, int chunk) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(chunk);
    read(data, offset);
    while (data.remaining() >= Long.BYTES) {
      if (data.getLong() != 0) {
        return true;
      }
    }
    return false;
  }
}
