package org.nbdcore.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A device that forwards every call to the next one. Extend it for a filter's device, and override
 * what the filter changes.
 *
 * <p>If you override one of read, write, trim, zero, extents and cache, consider the other five. A
 * filter that moves or changes data only in {@code read} corrupts the disk through the other
 * operations.
 */
public abstract class FilterBlockDevice implements BlockDevice {

  /** The device of the layer below; closed with this one. */
  protected final BlockDevice next;

  /** Wraps {@code next}. This device owns {@code next}. */
  protected FilterBlockDevice(BlockDevice next) {
    this.next = next;
  }

  @Override
  public long size() throws IOException {
    return next.size();
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities();
  }

  @Override
  public Optional<String> description() throws IOException {
    return next.description();
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    next.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    next.write(src, offset, flags);
  }

  @Override
  public void flush() throws IOException {
    next.flush();
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    next.cache(offset, length);
  }

  @Override
  public void close() throws IOException {
    next.close();
  }
}
