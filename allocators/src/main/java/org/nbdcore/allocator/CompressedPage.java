package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.system.Zstd;

/** A piece of the disk, compressed. Each change makes its compressed bytes anew. */
final class CompressedPage {

  static final int SHIFT = Page.SHIFT;
  static final int SIZE = 1 << SHIFT;

  /** Room of a thread for one page as it is and one compressed. */
  private static final class Scratch {
    final ByteBuffer plain = ByteBuffer.allocateDirect(SIZE);
    final ByteBuffer packed = ByteBuffer.allocateDirect(Zstd.bound(SIZE));
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private ByteBuffer packed; // null for zeroes; guarded by this
  private boolean detached; // guarded by this

  /** Copies to {@code dst} at its position, and moves that. */
  void read(int from, ByteBuffer dst, int length) throws IOException {
    ByteBuffer current;
    synchronized (this) {
      current = packed; // its bytes never change
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
   * Copies from {@code src} at its position, which stays.
   *
   * @return number of bytes of memory released, or -1, with nothing done, if the page is no longer
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

  /** Takes the page out of the disk if it holds nothing but zeroes. */
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
