package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.system.Zstd;

/** A compressed page of the disk. Each change compresses it again. */
final class CompressedPage {

  static final int SHIFT = Page.SHIFT;
  static final int SIZE = 1 << SHIFT;

  /** Buffers of a thread for one uncompressed and one compressed page. */
  private static final class Scratch {
    final ByteBuffer plain = ByteBuffer.allocateDirect(SIZE);
    final ByteBuffer packed = ByteBuffer.allocateDirect(Zstd.bound(SIZE));
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private ByteBuffer packed; // null for zeroes; guarded by this
  private boolean detached; // guarded by this

  /** Copies to {@code dst} at its position, and advances it. */
  void read(int from, ByteBuffer dst, int length) throws IOException {
    ByteBuffer current;
    synchronized (this) {
      current = packed; // the content of the buffer never changes
    }
    if (current == null) {
      Zeroes.fill(dst, dst.position(), length);
    } else {
      ByteBuffer plain = SCRATCH.get().plain;
      Zstd.decompress(current, plain);
      dst.put(dst.position(), plain, from, length);
    }
    dst.position(dst.position() + length);
  }

  /**
   * Copies from {@code src} at its position, without changing the position.
   *
   * @return the number of bytes of memory released, or -1, without effect, if the page is no longer
   *     part of the disk
   */
  synchronized int write(int to, ByteBuffer src, int length) throws IOException {
    if (detached) {
      return -1;
    }
    ByteBuffer plain = unpacked();
    plain.put(to, src, src.position(), length);
    return pack(plain);
  }

  /** Fills with zeroes; returns the number of bytes of memory released. */
  synchronized int zero(int from, int length) throws IOException {
    if (detached || packed == null) {
      return 0;
    }
    ByteBuffer plain = unpacked();
    Zeroes.fill(plain, from, length);
    return pack(plain);
  }

  /** Removes the page from the disk if it contains only zeroes. */
  synchronized boolean detachIfZero() throws IOException {
    if (!detached) {
      detached = packed == null || Zeroes.isZero(unpacked(), 0, SIZE);
    }
    return detached;
  }

  private ByteBuffer unpacked() throws IOException {
    ByteBuffer plain = SCRATCH.get().plain;
    if (packed == null) {
      Zeroes.fill(plain, 0, SIZE);
    } else {
      Zstd.decompress(packed, plain);
    }
    return plain;
  }

  private int pack(ByteBuffer plain) throws IOException {
    ByteBuffer scratch = SCRATCH.get().packed;
    int length = Zstd.compress(plain, scratch);
    int before = packed == null ? 0 : packed.capacity();
    try {
      packed = ByteBuffer.allocateDirect(length).put(0, scratch, 0, length);
    } catch (OutOfMemoryError e) {
      throw new NbdException(NbdError.ENOMEM, "no memory is left for another page of the disk", e);
    }
    return before;
  }
}
