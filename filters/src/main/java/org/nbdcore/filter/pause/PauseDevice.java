package org.nbdcore.filter.pause;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Session;

/**
 * Sends every request through the gate. It does not lend memory: what is lent is sent later, when
 * the disk below may be paused.
 */
final class PauseDevice extends FilterBlockDevice {

  private final Gate gate;
  private final Session session;

  PauseDevice(BlockDevice next, Gate gate, Session session) {
    super(next);
    this.gate = gate;
    this.session = session;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    gate.enter(session);
    try {
      next.read(dst, offset);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    gate.enter(session);
    try {
      next.write(src, offset, flags);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void flush() throws IOException {
    gate.enter(session);
    try {
      next.flush();
    } finally {
      gate.leave();
    }
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    gate.enter(session);
    try {
      next.trim(offset, length, flags);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    gate.enter(session);
    try {
      next.zero(offset, length, flags);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    gate.enter(session);
    try {
      next.extents(offset, length, flags, sink);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    gate.enter(session);
    try {
      next.cache(offset, length);
    } finally {
      gate.leave();
    }
  }
}
