package org.nbdcore.filter.spinning;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.Session;

/**
 * Simulates the heads of one disk, which all its connections share. Each head covers an equal part
 * of the disk. A request waits until the arm is free, moves it, and then releases it.
 */
final class DiskHeads {

  /** Size of a track: no movement is needed within it. */
  private static final long TRACK = 1 << 20;

  private static final class Arm {
    private final ReentrantLock lock = new ReentrantLock(true);
    private long position; // within a head's part of the disk; guarded by lock
  }

  private final Arm[] arms;
  private final long part;
  private final SeekTime seekTime;

  DiskHeads(long size, int heads, boolean separate, SeekTime seekTime) {
    this.seekTime = seekTime;
    part = Math.max(1, (size + heads - 1) / heads);
    arms = new Arm[separate ? heads : 1];
    for (int i = 0; i < arms.length; i++) {
      arms[i] = new Arm();
    }
  }

  /** Moves the arm for the request's part of the disk to the end of the request. */
  void seek(Session session, long offset, long length) throws IOException {
    Arm arm = arms[(int) (offset / part % arms.length)];
    arm.lock.lock();
    try {
      long target = offset % part;
      long distance = Math.abs(target - arm.position);
      if (target / TRACK != arm.position / TRACK) {
        session.sleep(seekTime.nanos((double) distance / part));
      }
      arm.position = Math.min(target + length, part - 1);
    } finally {
      arm.lock.unlock();
    }
  }
}
