package org.nbdcore.filter.openonce;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;

/** A device that others use too, one request at a time; closing it leaves it open. */
final class LockedDevice implements BlockDevice {

  private interface Call {
    void run() throws IOException;
  }

  private final BlockDevice shared;
  private final ReentrantLock lock; // held during every call of the shared device

  LockedDevice(BlockDevice shared, ReentrantLock lock) {
    this.shared = shared;
    this.lock = lock;
  }

  private void locked(Call call) throws IOException {
    lock.lock();
    try {
      call.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long size() throws IOException {
    lock.lock();
    try {
      return shared.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Capabilities capabilities() throws IOException {
    lock.lock();
    try {
      return shared.capabilities();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> description() throws IOException {
    lock.lock();
    try {
      return shared.description();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    locked(() -> shared.read(dst, offset));
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    locked(() -> shared.write(src, offset, flags));
  }

  @Override
  public void flush() throws IOException {
    locked(shared::flush);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    locked(() -> shared.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    locked(() -> shared.zero(offset, length, flags));
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    locked(() -> shared.extents(offset, length, flags, sink));
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    locked(() -> shared.cache(offset, length));
  }

  @Override
  public void close() {}
}
