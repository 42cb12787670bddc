package org.nbdcore.plugin.compose;

import java.util.ArrayList;
import java.util.List;

/** Arranges the parts of a disk one after the other, with zeroes between them. */
final class DiskLayout {

  private final List<JoinedPlugin.Part> parts = new ArrayList<>();
  private long position;

  /** Fills up with zeroes to a sector. */
  DiskLayout to(long sector) {
    long target = sector * PartitionSpec.SECTOR;
    if (target > position) {
      parts.add(JoinedPlugin.Part.zeroes(target - position));
      position = target;
    }
    return this;
  }

  DiskLayout add(byte[] bytes) {
    parts.add(JoinedPlugin.Part.of(bytes));
    position += bytes.length;
    return this;
  }

  /** Adds a file, filled up to a whole sector. */
  DiskLayout add(PartFile file) {
    parts.add(JoinedPlugin.Part.of(file));
    position += file.size();
    return to((position - 1) / PartitionSpec.SECTOR + 1);
  }

  List<JoinedPlugin.Part> parts() {
    return parts;
  }
}
