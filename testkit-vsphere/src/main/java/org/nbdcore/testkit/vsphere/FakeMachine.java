package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A virtual machine of a fake vSphere with one or more disks. A snapshot freezes the files of the
 * disks; the machine then writes to new files.
 */
public final class FakeMachine {

  /** A snapshot: its name and description, the files of each disk, and its creation time. */
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
   * @param directory folder for the files of its disks
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

  /** Writes to the first disk, as the guest would. */
  public void guestWrites(ByteBuffer data, long offset) throws IOException {
    guestWrites(0, data, offset);
  }

  /** Writes to a disk, as the guest would. */
  public synchronized void guestWrites(int disk, ByteBuffer data, long offset) throws IOException {
    disks.get(disk).write(data, offset, epoch);
  }

  /** Returns the raw file with the first disk's current content. */
  public Path rawFile() {
    return rawFile(0);
  }

  /** Returns the raw file with a disk's current content. */
  public synchronized Path rawFile(int disk) {
    return disks.get(disk).raw();
  }

  /** Returns the file of the first disk that the machine currently writes to. */
  public synchronized String file() {
    return disks.get(0).chain().get(0);
  }

  /** Returns the existing snapshots by their references. */
  public synchronized List<String> snapshots() {
    return List.copyOf(snapshots.keySet());
  }

  /** Creates a snapshot that stays, and returns its reference. */
  public String leaveSnapshot(String snapshotName, String description) throws IOException {
    return snapshot(snapshotName, description, false);
  }

  /** Returns the description given at a snapshot's creation. */
  public synchronized String descriptionOf(String snapshot) {
    return snapshots.get(snapshot).description();
  }

  /** Makes the creation of snapshots fail with a fault; null ends this. */
  public synchronized FakeMachine snapshotFault(String fault) {
    snapshotFault = fault;
    return this;
  }

  /** Locks the files of all disks and snapshots, as another user of these files would. */
  public synchronized void lock(boolean value) {
    disks.forEach(disk -> disk.lock(value));
  }

  /** Returns true if the last snapshot was requested with a quiesced guest. */
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

  /** Enables change tracking. */
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

  /** Returns the files of a disk, now or in a snapshot, the child first. */
  synchronized List<String> chain(int disk, String snapshot) {
    return snapshot == null ? disks.get(disk).chain() : snapshots.get(snapshot).chains().get(disk);
  }

  /** Returns the change ID of a snapshot, or the one that the next snapshot will have. */
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
   * Returns the areas of a disk that changed after a change ID, up to a snapshot or to now. Returns
   * null for an unknown change ID.
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
