package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Zeroes;

/** A disk that uses memory only for pages with data. */
final class SparseDisk implements Allocator {

  private final long size;
  private final PageTable<Page> table;
  private final DeferredFree releasedBytes = new DeferredFree();

  SparseDisk(long size) {
    this.size = size;
    this.table = new PageTable<>(Math.max(1, pageOf(size - 1) + 1));
  }

  private static long pageOf(long offset) {
    return offset >> Page.SHIFT;
  }

  private static int within(long offset) {
    return (int) offset & Page.SIZE - 1;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int preferredSize() {
    return Page.SIZE;
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    long at = offset;
    while (dst.hasRemaining()) {
      int from = within(at);
      int length = Math.min(dst.remaining(), Page.SIZE - from);
      Page page = table.get(pageOf(at));
      if (page == null) {
        Zeroes.fill(dst, dst.position(), length);
        dst.position(dst.position() + length);
      } else {
        page.read(from, dst, length);
      }
      at += length;
    }
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    long at = offset;
    long end = offset + length;
    while (at < end) {
      int from = within(at);
      int size = (int) Math.min(end - at, Page.SIZE - from);
      long index = pageOf(at);
      Page page = table.get(index);
      if (page == null) {
        buffers.addZeroes(size);
      } else if (at + size < end && neighbours(page, index)) {
        size = (int) Math.min(end - at, 2 * Page.SIZE - from);
        buffers.add(page.windowOfBlock(from, size));
      } else {
        buffers.add(page.window(from, size));
      }
      at += size;
    }
    return true;
  }

  /** True if the next page also follows this page in memory. */
  private boolean neighbours(Page page, long index) {
    if ((index & 1) != 0) {
      return false;
    }
    Page next = table.get(index + 1);
    return next != null && next.sharesBlock(page);
  }

  @Override
  public void write(ByteBuffer src, long offset) throws IOException {
    long at = offset;
    while (src.hasRemaining()) {
      int length = Math.min(src.remaining(), Page.SIZE - within(at));
      writePage(src, at, length);
      src.position(src.position() + length);
      at += length;
    }
  }

  private void writePage(ByteBuffer src, long at, int length) throws IOException {
    long index = pageOf(at);
    Page page = table.get(index);
    while (true) {
      if (page == null) {
        if (Zeroes.isZero(src, src.position(), length)) {
          return;
        }
        page = table.putIfAbsent(index, allocate(index));
      }
      if (page.write(within(at), src, length)) {
        return;
      }
      page = table.get(index); // another thread has removed the page
    }
  }

  private Page allocate(long index) throws IOException {
    Page neighbour = table.get(index ^ 1);
    return neighbour == null ? Page.allocate(index) : neighbour.allocateNeighbour(index);
  }

  @Override
  public void zero(long offset, long length, boolean free) {
    long end = offset + length;
    long lastPage = pageOf(end - 1) + 1;
    long index = table.nextPresent(pageOf(offset), lastPage);
    while (index < lastPage) {
      Page page = table.get(index);
      long start = index << Page.SHIFT;
      int from = (int) Math.max(0, offset - start);
      int to = (int) Math.min(Page.SIZE, end - start);
      if (page != null && free) {
        if (page.discard(from, to - from, table, index)) {
          releasedBytes.add(Page.SIZE);
        }
      } else if (page != null) {
        page.zero(from, to - from);
      }
      index = table.nextPresent(index + 1, lastPage);
    }
  }

  @Override
  public void extents(long offset, long length, boolean one, ExtentSink sink) {
    table.extents(Page.SHIFT, offset, length, one, sink);
  }
}
