package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;

/**
 * Does something before and after each request that the next device serves. It lends nothing unless
 * a subclass does.
 */
public abstract class EnclosedDevice extends FilterBlockDevice {

  /** Wraps {@code next}, whose owner this device becomes. */
  protected EnclosedDevice(BlockDevice next) {
    super(next);
  }

  /** Called by any thread before each request; where it throws, the next device is not called. */
  protected abstract void enter() throws IOException;

  /** Called by the same thread after the request, if {@link #enter} returned. */
  protected abstract void leave();

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    enter();
    try {
      next.read(dst, offset);
    } finally {
      leave();
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    enter();
    try {
      next.write(src, offset, flags);
    } finally {
      leave();
    }
  }

  @Override
  public void flush() throws IOException {
    enter();
    try {
      next.flush();
    } finally {
      leave();
    }
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    enter();
    try {
      next.trim(offset, length, flags);
    } finally {
      leave();
    }
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    enter();
    try {
      next.zero(offset, length, flags);
    } finally {
      leave();
    }
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    enter();
    try {
      next.extents(offset, length, flags, sink);
    } finally {
      leave();
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    enter();
    try {
      next.cache(offset, length);
    } finally {
      leave();
    }
  }
}
