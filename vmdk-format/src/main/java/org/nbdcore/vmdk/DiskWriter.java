package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes to a disk: to its topmost link and, before the first change, to that link's CID.
 * Thread-safe.
 */
final class DiskWriter {
  private final LinkWriter link;
  private final ContentId contentId;
  private volatile boolean
      changed; // true if changed since the last settle; set while holding this object's lock

  DiskWriter(LinkWriter link, ContentId contentId) {
    this.link = link;
    this.contentId = contentId;
  }

  void write(ByteBuffer src, long offset) throws IOException {
    beforeChange();
    link.write(src, offset);
  }

  void zero(long offset, long length) throws IOException {
    beforeChange();
    link.zero(offset, length);
  }

  void writeZeroes(long start, long length) throws IOException {
    beforeChange();
    ByteBuffer zeroes = Zeros.block();
    long offset = start;
    while (offset < start + length) {
      zeroes.clear().limit((int) Math.min(zeroes.capacity(), start + length - offset));
      int n = zeroes.remaining();
      link.write(zeroes, offset);
      offset += n;
    }
  }

  void trim(long offset, long length) throws IOException {
    beforeChange();
    link.trim(offset, length);
  }

  boolean zeroesQuickly() throws IOException {
    return link.zeroesQuickly();
  }

  void flush() throws IOException {
    if (changed) {
      link.flush();
    }
  }

  /** Must not run in parallel with any other call. */
  synchronized void settle() throws IOException {
    if (changed) {
      link.settle();
      changed = false;
    }
  }

  /** Leaves the files as a clean close would, even if nothing was changed. */
  synchronized void close() throws IOException {
    link.settle();
    changed = false;
  }

  /** Makes the new CID durable before any other change, so that no child misses the change. */
  private void beforeChange() throws IOException {
    if (!changed) {
      synchronized (this) {
        if (!changed) {
          contentId.change();
          changed = true;
        }
      }
    }
  }
}
