package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One disk of a fake machine: its files, the child first, and the history of its writes. */
final class FakeMachineDisk {

  /** The history that a change ID refers to: areas written since then. */
  private record Written(long start, long length, int epoch) {}

  private static final int GRANULARITY = 1 << 16;

  private final int key;
  private final String base;
  private final Path rawPrefix;
  private final boolean running;
  private final Map<String, FakeDisk> files = new LinkedHashMap<>();
  private final List<String> chain = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private Path raw;
  private int made;

  FakeMachineDisk(int key, String base, Path rawPrefix, long size, boolean running)
      throws IOException {
    this.key = key;
    this.base = base;
    this.rawPrefix = rawPrefix;
    this.running = running;
    FileChannel first = newFile();
    first.write(ByteBuffer.allocate(1), size - 1);
    add(base + ".vmdk", new FakeDisk(first).running(running));
  }

  private FileChannel newFile() throws IOException {
    raw = Path.of(rawPrefix + "-" + key + "-" + made++);
    return FileChannel.open(
        raw, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private void add(String path, FakeDisk disk) {
    files.put(path, disk);
    chain.add(0, path);
  }

  int key() {
    return key;
  }

  Path raw() {
    return raw;
  }

  long size() {
    return files.get(chain.get(0)).size();
  }

  List<String> chain() {
    return List.copyOf(chain);
  }

  FakeDisk file(String path) {
    return files.get(path);
  }

  void lock(boolean value) {
    files.values().forEach(file -> file.running(value));
  }

  void write(ByteBuffer data, long offset, int epoch) throws IOException {
    written.add(new Written(offset, data.remaining(), epoch));
    files.get(chain.get(0)).write(data, offset);
  }

  /** Freezes the file that has been written so far. */
  void freeze() throws IOException {
    FakeDisk frozen = files.get(chain.get(0)).running(false);
    FileChannel next = newFile();
    ByteBuffer block = ByteBuffer.allocate(1 << 20);
    next.write(ByteBuffer.allocate(1), frozen.size() - 1);
    for (long at = 0; at < frozen.size(); at += block.capacity()) {
      block.clear().limit((int) Math.min(block.capacity(), frozen.size() - at));
      frozen.read(block, at);
      if (block.mismatch(ByteBuffer.allocate(block.limit())) >= 0) {
        next.write(block, at);
      }
    }
    add(base + String.format(Locale.ROOT, "-%06d.vmdk", made), new FakeDisk(next).running(running));
  }

  /**
   * Returns the areas of a file that changed after one epoch and up to another, each rounded to 64
   * KiB.
   *
   * @param since -1 for all areas that hold data
   */
  List<long[]> changed(String file, int since, int until, long start) throws IOException {
    FakeDisk disk = files.get(file);
    List<long[]> areas = new ArrayList<>();
    for (long at = start; at < disk.size(); at += GRANULARITY) {
      int length = (int) Math.min(GRANULARITY, disk.size() - at);
      boolean is = since < 0 ? disk.allocated(at, length) : wasWritten(at, length, since, until);
      long[] last = areas.isEmpty() ? null : areas.get(areas.size() - 1);
      if (is && last != null && last[0] + last[1] == at) {
        last[1] += length;
      } else if (is) {
        areas.add(new long[] {at, length});
      }
    }
    return areas;
  }

  private boolean wasWritten(long start, long length, int since, int until) {
    for (Written one : written) {
      if (one.epoch > since
          && one.epoch <= until
          && one.start < start + length
          && start < one.start + one.length) {
        return true;
      }
    }
    return false;
  }
}
