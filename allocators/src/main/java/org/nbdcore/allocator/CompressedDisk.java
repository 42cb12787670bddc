package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.system.Zstd;

/** A disk that uses memory only for pages with data, compressed with zstd. */
final class CompressedDisk implements Allocator {

  private final long size;
  private final PageTable<CompressedPage> table;
  private final DeferredFree releasedBytes = new DeferredFree();

  private CompressedDisk(long size) {
    this.size = size;
    this.table = new PageTable<>(Math.max(1, pageOf(size - 1) + 1));
  }

  static CompressedDisk create(long size) throws IOException {
    if (!Zstd.available()) {
      throw new NbdException(
          NbdError.ENOMEM,
          "allocator=zstd needs the library libzstd.so.1, which is not installed, and JNA");
    }
    return new CompressedDisk(size);
  }

  private static long pageOf(long offset) {
    return offset >> CompressedPage.SHIFT;
  }

  private static int within(long offset) {
    return (int) offset & CompressedPage.SIZE - 1;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int preferredSize() {
    return CompressedPage.SIZE;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long at = offset;
    while (dst.hasRemaining()) {
      int length = Math.min(dst.remaining(), CompressedPage.SIZE - within(at));
      CompressedPage page = table.get(pageOf(at));
      if (page == null) {
        Zeroes.fill(dst, dst.position(), length);
        dst.position(dst.position() + length);
      } else {
        page.read(within(at), dst, length);
      }
      at += length;
    }
  }

  @Override
  public void write(ByteBuffer src, long offset) throws IOException {
    long at = offset;
    while (src.hasRemaining()) {
      int length = Math.min(src.remaining(), CompressedPage.SIZE - within(at));
      writePage(src, at, length);
      src.position(src.position() + length);
      at += length;
    }
  }

  private void writePage(ByteBuffer src, long at, int length) throws IOException {
    long index = pageOf(at);
    CompressedPage page = table.get(index);
    while (true) {
      if (page == null) {
        if (Zeroes.isZero(src, src.position(), length)) {
          return;
        }
        page = table.putIfAbsent(index, new CompressedPage());
      }
      int freed = page.write(within(at), src, length);
      if (freed >= 0) {
        releasedBytes.add(freed);
        return;
      }
      page = table.get(index); // another thread has removed the page
    }
  }

  @Override
  public void zero(long offset, long length, boolean free) throws IOException {
    long end = offset + length;
    long lastPage = pageOf(end - 1) + 1;
    long index = table.nextPresent(pageOf(offset), lastPage);
    while (index < lastPage) {
      CompressedPage page = table.get(index);
      long start = index << CompressedPage.SHIFT;
      int from = (int) Math.max(0, offset - start);
      int to = (int) Math.min(CompressedPage.SIZE, end - start);
      if (page != null) {
        releasedBytes.add(page.zero(from, to - from));
        if (free && page.detachIfZero()) {
          table.remove(index, page);
        }
      }
      index = table.nextPresent(index + 1, lastPage);
    }
  }

  @Override
  public void extents(long offset, long length, boolean one, ExtentSink sink) {
    table.extents(CompressedPage.SHIFT, offset, length, one, sink);
  }
}
