package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads and maps disks in the forms that assertions like. */
final class Disks {
  private Disks() {}

  /** One extent, shown as {@code DATA 0+512}. */
  record Run(ExtentKind kind, long offset, long length) {
    @Override
    public String toString() {
      return kind + " " + offset + "+" + length;
    }
  }

  static byte[] read(VmdkDisk disk, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    disk.read(buffer, offset);
    if (buffer.hasRemaining()) {
      throw new AssertionError(buffer.remaining() + " bytes were not filled");
    }
    byte[] bytes = new byte[length];
    buffer.flip().get(bytes);
    return bytes;
  }

  static byte[] readAll(VmdkDisk disk) throws IOException {
    return read(disk, 0, Math.toIntExact(disk.size()));
  }

  static List<Run> runs(VmdkDisk disk, long offset, long length) throws IOException {
    List<Run> runs = new ArrayList<>();
    disk.extents(offset, length, (at, size, kind) -> runs.add(new Run(kind, at, size)));
    return runs;
  }

  static List<String> map(VmdkDisk disk) throws IOException {
    return map(disk, 0, disk.size());
  }

  static List<String> map(VmdkDisk disk, long offset, long length) throws IOException {
    List<String> shown = new ArrayList<>();
    runs(disk, offset, length).forEach(run -> shown.add(run.toString()));
    return shown;
  }
}
