package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Changes a disk: its topmost link and, before the first change, the CID of that. Safe for many
 * threads.
 */
final class DiskWriter {
  private final LinkWriter link;
  private final ContentId contentId;
  private volatile boolean changed; // since the last settle; set under this object's lock

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

  boolean zeroesQuickly() {
    return link.zeroesQuickly();
  }

  void flush() throws IOException {
    if (changed) {
      link.flush();
    }
  }

  /** Nothing else may be going on. */
  synchronized void settle() throws IOException {
    if (changed) {
      link.settle();
      changed = false;
    }
  }

  /** Leaves the files as those of a disk that was closed, even if nothing was changed. */
  synchronized void close() throws IOException {
    link.settle();
    changed = false;
  }

  /** The new CID is on the disk before anything else changes: no child may miss that. */
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
