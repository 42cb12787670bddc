package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A virtual machine of a fake vSphere with one disk or more. A snapshot freezes the files of the
 * disks; the machine goes on with new ones.
 */
public final class FakeMachine {

  /** A snapshot: its name and description, the files of each disk, and when it was made. */
  record FakeSnapshot(String name, String description, List<List<String>> chains, int epoch) {}

  static final int DISK_KEY = 2000;

  private final String id;
  private final String name;
  private final Path directory;
  private final List<FakeMachineDisk> disks = new ArrayList<>();
  private final Map<String, FakeSnapshot> snapshots = new LinkedHashMap<>();
  private final boolean poweredOn;
  private boolean tracking;
  private String snapshotFault;
  private boolean lastQuiesced;
  private int epoch = 1;

  /**
   * Creates a machine.
   *
   * @param directory where files for its disks are made
   * @param size of the first disk in bytes
   */
  public FakeMachine(String id, String name, Path directory, long size, boolean poweredOn)
      throws IOException {
    this.id = id;
    this.name = name;
    this.directory = directory;
    this.poweredOn = poweredOn;
    addDisk(size);
  }

  /** Adds a disk with the next key, on the next unit of the controller. */
  public synchronized FakeMachine addDisk(long size) throws IOException {
    String base = "[store] " + name + "/" + name + (disks.isEmpty() ? "" : "_" + disks.size());
    int key = DISK_KEY + disks.size();
    disks.add(new FakeMachineDisk(key, base, directory.resolve(id), size, poweredOn));
    return this;
  }

  /** Writes to the first disk as the guest does. */
  public void guestWrites(ByteBuffer data, long offset) throws IOException {
    guestWrites(0, data, offset);
  }

  /** Writes to a disk as the guest does. */
  public synchronized void guestWrites(int disk, ByteBuffer data, long offset) throws IOException {
    disks.get(disk).write(data, offset, epoch);
  }

  /** The raw file that holds the first disk's content now. */
  public Path rawFile() {
    return rawFile(0);
  }

  /** The raw file that holds a disk's content now. */
  public synchronized Path rawFile(int disk) {
    return disks.get(disk).raw();
  }

  /** The file of the first disk that the machine writes to now. */
  public synchronized String file() {
    return disks.get(0).chain().get(0);
  }

  /** The snapshots that exist, by their references. */
  public synchronized List<String> snapshots() {
    return List.copyOf(snapshots.keySet());
  }

  /** Creates a snapshot that nobody removes, and returns its reference. */
  public String leaveSnapshot(String snapshotName, String description) throws IOException {
    return snapshot(snapshotName, description, false);
  }

  /** What the creator of a snapshot said about it. */
  public synchronized String descriptionOf(String snapshot) {
    return snapshots.get(snapshot).description();
  }

  /** Makes attempts to create a snapshot end with a fault; null ends that. */
  public synchronized FakeMachine snapshotFault(String fault) {
    snapshotFault = fault;
    return this;
  }

  /** Locks the files of all disks, those of snapshots too, as another user of them does. */
  public synchronized void lock(boolean value) {
    disks.forEach(disk -> disk.lock(value));
  }

  /** Whether the last snapshot was to be made with a quiet guest. */
  public synchronized boolean lastQuiesced() {
    return lastQuiesced;
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

  synchronized String snapshotFault() {
    return snapshotFault;
  }

  synchronized boolean tracking() {
    return tracking;
  }

  /** Turns change tracking on. */
  public synchronized FakeMachine track() {
    tracking = true;
    return this;
  }

  synchronized List<FakeMachineDisk> disks() {
    return List.copyOf(disks);
  }

  synchronized FakeDisk disk(String path) {
    for (FakeMachineDisk disk : disks) {
      FakeDisk file = disk.file(path);
      if (file != null) {
        return file;
      }
    }
    return null;
  }

  synchronized boolean hasDisk(int key) {
    return disks.stream().anyMatch(disk -> disk.key() == key);
  }

  synchronized FakeSnapshot snapshotOf(String ref) {
    return snapshots.get(ref);
  }

  /** The files of a disk now or in a snapshot, the child first. */
  synchronized List<String> chain(int disk, String snapshot) {
    return snapshot == null ? disks.get(disk).chain() : snapshots.get(snapshot).chains().get(disk);
  }

  /** The change ID of the state that the next snapshot will have, or that one has. */
  synchronized String changeId(int disk, String snapshot) {
    int of = snapshot == null ? epoch : snapshots.get(snapshot).epoch();
    return "52 f3 7a 11 00 00 00 00-00 00 00 00 00 00 00 0" + (disk + 1) + "/" + of;
  }

  synchronized String snapshot(String snapshotName, String description, boolean quiesce)
      throws IOException {
    lastQuiesced = quiesce;
    String ref = "snapshot-" + id.substring(id.indexOf('-') + 1) + "0" + epoch;
    List<List<String>> chains = new ArrayList<>();
    for (FakeMachineDisk disk : disks) {
      chains.add(disk.chain());
      disk.freeze();
    }
    snapshots.put(ref, new FakeSnapshot(snapshotName, description, chains, epoch++));
    return ref;
  }

  synchronized boolean remove(String snapshot) {
    return snapshots.remove(snapshot) != null;
  }

  /**
   * The areas of a disk that changed after a change ID, up to a snapshot or to now; null for a
   * strange ID.
   */
  synchronized List<long[]> changed(int key, String changeId, String snapshot, long start)
      throws IOException {
    int disk = key - DISK_KEY;
    int since = -1;
    if (!changeId.equals("*")) {
      String prefix = changeId(disk, null).substring(0, changeId(disk, null).indexOf('/') + 1);
      if (!changeId.startsWith(prefix) || !tracking) {
        return null;
      }
      since = Integer.parseInt(changeId.substring(prefix.length()));
    }
    int until = snapshot == null ? epoch : snapshots.get(snapshot).epoch();
    return disks.get(disk).changed(chain(disk, snapshot).get(0), since, until, start);
  }
}
