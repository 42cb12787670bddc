package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Does with a disk of unknown files all that can be done: reads it, checks it, writes it, repairs
 * it. What is wrong with it must be an {@link IOException} with a message. If nothing is, what was
 * written must be read again, and nothing be wrong afterwards.
 */
final class FuzzedDisk {
  private static final int LONGEST = 256 << 10;
  private static final int MANY_RUNS = 10_000;
  private static final int LONGEST_MESSAGE = 4096;

  private final SimulatedFiles files;
  private final FileLocation file;

  private FuzzedDisk(SimulatedFiles files) {
    this.files = files;
    this.file = files.at(WritableKind.NAME);
  }

  /** An action that may fail in the ways that the disk's users expect. */
  private interface Action {
    void run() throws IOException;
  }

  /** Takes the disk named {@link WritableKind#NAME}. */
  static void use(SimulatedFiles files) {
    FuzzedDisk disk = new FuzzedDisk(files);
    boolean sound = disk.isSound();
    disk.expectingFailures(disk::read);
    boolean written = disk.expectingFailures(disk::write);
    if (sound && written && !disk.isSound()) {
      throw new IllegalStateException("writing to a sound disk has left it unsound");
    }
    disk.expectingFailures(() -> VmdkCheck.run(disk.file, true, FuzzedDisk::line));
    disk.expectingFailures(disk::read);
  }

  /** Returns whether it went well. */
  private boolean expectingFailures(Action action) {
    try {
      action.run();
      return true;
    } catch (IOException e) {
      line(e.getMessage());
      return false;
    }
  }

  private static void line(String text) {
    if (text == null || text.isBlank() || text.length() > LONGEST_MESSAGE) {
      throw new IllegalStateException("not a message: " + text);
    }
  }

  private boolean isSound() {
    try {
      return VmdkCheck.run(file, false, FuzzedDisk::line).problems() == 0;
    } catch (IOException e) {
      line(e.getMessage());
      return false;
    }
  }

  private void read() throws IOException {
    try (VmdkDisk disk =
        VmdkDisk.open(file, VmdkOptions.defaults().withWarnings(FuzzedDisk::line))) {
      int[] runs = {0};
      expectingFailures(
          () -> disk.extents(0, disk.size(), (at, length, kind) -> runs[0]++ < MANY_RUNS));
      int n = (int) Math.min(LONGEST, disk.size());
      ByteBuffer buffer = ByteBuffer.allocate(n);
      expectingFailures(() -> disk.read(buffer.clear(), 0));
      expectingFailures(() -> disk.read(buffer.clear(), disk.size() - n));
      expectingFailures(() -> disk.read(buffer.clear().limit(n / 3), disk.size() / 2 - n / 4));
    }
  }

  private void write() throws IOException {
    boolean sound = isSound();
    VmdkOptions options = VmdkOptions.defaults().withWritable(true);
    try (VmdkDisk disk = VmdkDisk.open(file, options.withWarnings(FuzzedDisk::line))) {
      int n = (int) Math.min(5000, disk.size());
      put(disk, 0, n, sound);
      put(disk, disk.size() - n, n, sound);
      disk.zero(0, n);
      disk.flush();
      disk.trim(disk.size() - n, n);
      put(disk, disk.size() / 2 - n / 2, n, sound);
    }
  }

  private static void put(VmdkDisk disk, long at, int n, boolean sound) throws IOException {
    byte[] bytes = new byte[n];
    Arrays.fill(bytes, (byte) 0xa5);
    disk.write(ByteBuffer.wrap(bytes), at);
    ByteBuffer back = ByteBuffer.allocate(n);
    disk.read(back, at);
    if (sound && !Arrays.equals(back.array(), bytes)) {
      throw new IllegalStateException("something else is read than was written at " + at);
    }
  }
}
