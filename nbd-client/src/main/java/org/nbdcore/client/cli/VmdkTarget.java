package org.nbdcore.client.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.client.copy.CopyTarget;
import org.nbdcore.vmdk.VmdkDisk;

/** A new, empty VMDK as the destination of a copy. */
final class VmdkTarget implements CopyTarget {

  private final VmdkDisk disk;
  private final boolean ordered;
  private final String name;

  /**
   * @param ordered whether the disk is written from its start to its end
   */
  VmdkTarget(VmdkDisk disk, boolean ordered, String name) {
    this.disk = disk;
    this.ordered = ordered;
    this.name = name;
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public int preferredHole() {
    return 1;
  }

  @Override
  public boolean ordered() {
    return ordered;
  }

  @Override
  public void write(int worker, ByteBuffer src, long offset) throws IOException {
    disk.write(src, offset);
  }

  /** Does nothing, because a new disk reads as zeroes. */
  @Override
  public void zero(int worker, long offset, long length) {}

  @Override
  public void flush() throws IOException {
    disk.flush();
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  @Override
  public String toString() {
    return "destination " + name;
  }
}
