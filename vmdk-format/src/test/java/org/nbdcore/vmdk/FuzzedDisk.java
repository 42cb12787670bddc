package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads, checks, writes and repairs a disk of unknown files. Each fault of the disk must be an
 * {@link IOException} with a message. A valid disk must return the data that was written, and must
 * stay valid.
 */
final class FuzzedDisk {
  private static final int MAX_READ = 256 << 10;
  private static final int MAX_EXTENTS = 10_000;
  private static final int MAX_MESSAGE = 4096;

  private final SimulatedFiles files;
  private final FileLocation file;

  private FuzzedDisk(SimulatedFiles files) {
    this.files = files;
    this.file = files.at(WritableKind.NAME);
  }

  /** An action that may fail with an {@link IOException}. */
  private interface Action {
    void run() throws IOException;
  }

  /** Uses the disk named {@link WritableKind#NAME}. */
  static void use(SimulatedFiles files) {
    FuzzedDisk disk = new FuzzedDisk(files);
    boolean valid = disk.isValid();
    disk.expectingFailures(disk::read);
    boolean written = disk.expectingFailures(disk::write);
    if (valid && written && !disk.isValid()) {
      throw new IllegalStateException("writing to a valid disk has damaged it");
    }
    disk.expectingFailures(() -> VmdkCheck.run(disk.file, true, FuzzedDisk::checkMessage));
    disk.expectingFailures(disk::read);
  }

  /** Returns whether the action succeeded. */
  private boolean expectingFailures(Action action) {
    try {
      action.run();
      return true;
    } catch (IOException e) {
      checkMessage(e.getMessage());
      return false;
    }
  }

  private static void checkMessage(String text) {
    if (text == null || text.isBlank() || text.length() > MAX_MESSAGE) {
      throw new IllegalStateException("not a message: " + text);
    }
  }

  private boolean isValid() {
    try {
      return VmdkCheck.run(file, false, FuzzedDisk::checkMessage).problems() == 0;
    } catch (IOException e) {
      checkMessage(e.getMessage());
      return false;
    }
  }

  private void read() throws IOException {
    try (VmdkDisk disk =
        VmdkDisk.open(file, VmdkOptions.defaults().withWarnings(FuzzedDisk::checkMessage))) {
      int[] extents = {0};
      expectingFailures(
          () -> disk.extents(0, disk.size(), (at, length, kind) -> extents[0]++ < MAX_EXTENTS));
      int n = (int) Math.min(MAX_READ, disk.size());
      ByteBuffer buffer = ByteBuffer.allocate(n);
      expectingFailures(() -> disk.read(buffer.clear(), 0));
      expectingFailures(() -> disk.read(buffer.clear(), disk.size() - n));
      expectingFailures(() -> disk.read(buffer.clear().limit(n / 3), disk.size() / 2 - n / 4));
    }
  }

  private void write() throws IOException {
    boolean valid = isValid();
    VmdkOptions options = VmdkOptions.defaults().withWritable(true);
    try (VmdkDisk disk = VmdkDisk.open(file, options.withWarnings(FuzzedDisk::checkMessage))) {
      int n = (int) Math.min(5000, disk.size());
      put(disk, 0, n, valid);
      put(disk, disk.size() - n, n, valid);
      disk.zero(0, n);
      disk.flush();
      disk.trim(disk.size() - n, n);
      put(disk, disk.size() / 2 - n / 2, n, valid);
    }
  }

  private static void put(VmdkDisk disk, long at, int n, boolean valid) throws IOException {
    byte[] bytes = new byte[n];
    Arrays.fill(bytes, (byte) 0xa5);
    disk.write(ByteBuffer.wrap(bytes), at);
    ByteBuffer back = ByteBuffer.allocate(n);
    disk.read(back, at);
    if (valid && !Arrays.equals(back.array(), bytes)) {
      throw new IllegalStateException("something else is read than was written at " + at);
    }
  }
}
