package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/**
 * Runs a guard before and after each call. It hides zero-copy and asynchronous requests, because
 * they continue after the call returns.
 */
final class GuardedDevice extends FilterBlockDevice {

  private final CallGuard guard;

  GuardedDevice(BlockDevice next, CallGuard guard) {
    super(next);
    this.guard = guard;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    guard.enter();
    try {
      next.read(dst, offset);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    guard.enter();
    try {
      next.write(src, offset, flags);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void flush() throws IOException {
    guard.enter();
    try {
      next.flush();
    } finally {
      guard.exit();
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    guard.enter();
    try {
      next.trim(offset, length, flags);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    guard.enter();
    try {
      next.zero(offset, length, flags);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    guard.enter();
    try {
      next.extents(offset, length, flags, sink);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    guard.enter();
    try {
      next.cache(offset, length);
    } finally {
      guard.exit();
    }
  }
}
