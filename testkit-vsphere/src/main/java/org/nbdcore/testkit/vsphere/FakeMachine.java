package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A virtual machine of a fake vSphere with one disk. A snapshot freezes the disk's file; the
 * machine goes on with a new one.
 */
public final class FakeMachine {

  /** What a change ID is compared with: the areas written since. */
  private record Written(long start, long length, int epoch) {}

  static final int DISK_KEY = 2000;
  private static final int GRANULARITY = 1 << 16;

  private final String id;
  private final String name;
  private final String folder;
  private final Path directory;
  private final Map<String, FakeDisk> disks = new LinkedHashMap<>();
  private final Map<String, List<String>> snapshots = new LinkedHashMap<>();
  private final Map<String, String> snapshotNames = new LinkedHashMap<>();
  private final Map<String, Integer> snapshotEpochs = new LinkedHashMap<>();
  private final List<Written> written = new ArrayList<>();
  private final List<String> chain = new ArrayList<>();
  private final boolean poweredOn;
  private boolean tracking;
  private Path raw;
  private int epoch = 1;
  private int made;

  /**
   * Creates a machine.
   *
   * @param directory where files for its disk are made
   * @param size of the disk in bytes
   */
  public FakeMachine(String id, String name, Path directory, long size, boolean poweredOn)
      throws IOException {
    this.id = id;
    this.name = name;
    this.folder = "[store] " + name + "/";
    this.directory = directory;
    this.poweredOn = poweredOn;
    FileChannel first = newFile();
    first.write(ByteBuffer.allocate(1), size - 1);
    add(folder + name + ".vmdk", new FakeDisk(first).running(poweredOn));
  }

  private FileChannel newFile() throws IOException {
    raw = directory.resolve(id + "-" + made++);
    return FileChannel.open(
        raw, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private void add(String path, FakeDisk disk) {
    disks.put(path, disk);
    chain.add(0, path);
  }

  /** Writes as the guest does. */
  public synchronized void guestWrites(ByteBuffer data, long offset) throws IOException {
    written.add(new Written(offset, data.remaining(), epoch));
    disks.get(chain.get(0)).write(data, offset);
  }

  /** The raw file that holds the disk's content now. */
  public synchronized Path rawFile() {
    return raw;
  }

  /** The file that the machine writes to now. */
  public synchronized String file() {
    return chain.get(0);
  }

  /** The snapshots that exist, by their references. */
  public synchronized List<String> snapshots() {
    return List.copyOf(snapshots.keySet());
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  boolean poweredOn() {
    return poweredOn;
  }

  synchronized boolean tracking() {
    return tracking;
  }

  synchronized void track() {
    tracking = true;
  }

  synchronized FakeDisk disk(String path) {
    return disks.get(path);
  }

  /** The current disk's file and its parents. */
  synchronized List<String> chain() {
    return List.copyOf(chain);
  }

  /** The files of a snapshot; null if there is none of this reference. */
  synchronized List<String> chainOf(String snapshot) {
    return snapshots.get(snapshot);
  }

  synchronized String nameOf(String snapshot) {
    return snapshotNames.get(snapshot);
  }

  /** The change ID of the state that the next snapshot will have, or that one has. */
  synchronized String changeId(String snapshot) {
    int of = snapshot == null ? epoch : snapshotEpochs.get(snapshot);
    return "52 f3 7a 11 00 00 00 00-00 00 00 00 00 00 00 01/" + of;
  }

  synchronized String snapshot(String snapshotName) throws IOException {
    String ref = "snapshot-" + id.substring(id.indexOf('-') + 1) + "0" + ++made;
    snapshots.put(ref, List.copyOf(chain));
    snapshotNames.put(ref, snapshotName);
    snapshotEpochs.put(ref, epoch++);
    FakeDisk frozen = disks.get(chain.get(0)).running(false);
    FileChannel next = newFile();
    ByteBuffer block = ByteBuffer.allocate(1 << 20);
    for (long at = 0; at < frozen.size(); at += block.capacity()) {
      block.clear().limit((int) Math.min(block.capacity(), frozen.size() - at));
      frozen.read(block, at);
      next.write(block, at);
    }
    String path = folder + name + String.format("-%06d.vmdk", made);
    add(path, new FakeDisk(next).running(poweredOn));
    return ref;
  }

  synchronized boolean remove(String snapshot) {
    snapshotNames.remove(snapshot);
    return snapshots.remove(snapshot) != null;
  }

  /**
   * The areas that changed after a change ID, up to a snapshot, each rounded to 64 KiB; null for a
   * strange ID.
   */
  synchronized List<long[]> changed(String changeId, String snapshot, long start)
      throws IOException {
    List<String> files = snapshots.get(snapshot);
    FakeDisk disk = disks.get(files.get(0));
    int since = -1;
    if (!changeId.equals("*")) {
      String prefix = changeId(null).substring(0, changeId(null).indexOf('/') + 1);
      if (!changeId.startsWith(prefix) || !tracking) {
        return null;
      }
      since = Integer.parseInt(changeId.substring(prefix.length()));
    }
    List<long[]> areas = new ArrayList<>();
    for (long at = start; at < disk.size(); at += GRANULARITY) {
      int length = (int) Math.min(GRANULARITY, disk.size() - at);
      boolean is =
          since < 0
              ? disk.allocated(at, length)
              : wasWritten(at, length, since, snapshotEpochs.get(snapshot));
      if (is
          && !areas.isEmpty()
          && areas.get(areas.size() - 1)[0] + areas.get(areas.size() - 1)[1] == at) {
        areas.get(areas.size() - 1)[1] += length;
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
