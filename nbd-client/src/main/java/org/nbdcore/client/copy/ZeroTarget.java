package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A target that already reads as zeroes, according to the user, so zeroes need not be written. */
final class ZeroTarget implements CopyTarget {

  private final CopyTarget target;

  ZeroTarget(CopyTarget target) {
    this.target = target;
  }

  @Override
  public long size() {
    return target.size();
  }

  @Override
  public int alignment() {
    return target.alignment();
  }

  @Override
  public int maximumRequest() {
    return target.maximumRequest();
  }

  @Override
  public int preferredHole() {
    return Math.max(1, target.preferredHole());
  }

  @Override
  public int connections() {
    return target.connections();
  }

  @Override
  public void write(int worker, ByteBuffer src, long offset) throws IOException {
    target.write(worker, src, offset);
  }

  @Override
  public void zero(int worker, long offset, long length) {}

  @Override
  public void flush() throws IOException {
    target.flush();
  }

  @Override
  public void close() throws IOException {
    target.close();
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
