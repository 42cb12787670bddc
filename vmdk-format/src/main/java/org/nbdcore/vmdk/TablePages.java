package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The grain directories and tables of a disk and its parents, read in pages on first use. At most
 * {@value #SLOTS} pages of 4 KiB are kept. A page's number selects its only slot; a collision costs
 * a read, but is never an error. Lock-free, so that parallel reads do not wait for each other.
 */
final class TablePages {
  private static final int SLOTS = 1024;
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;

  private final AtomicReferenceArray<Page> slots = new AtomicReferenceArray<>(SLOTS);

  private record Page(OpenFile file, long number, int[] entries, int count) {}

  /**
   * Returns the 32-bit entry at a byte offset that is a multiple of 4.
   *
   * @return the entry as an unsigned number, or -1 if it does not lie in the file
   */
  long entry(OpenFile file, long offset) throws IOException {
    if (offset < 0 || offset > file.size() - Integer.BYTES) {
      return -1;
    }
    long number = offset >>> PAGE_BITS;
    int slot = slot(file, number);
    Page page = slots.get(slot);
    if (page == null || page.number != number || page.file != file) {
      page = load(file, number);
      slots.set(slot, page);
    }
    int index = (int) (offset & (PAGE - 1)) / Integer.BYTES;
    return index < page.count ? Integer.toUnsignedLong(page.entries[index]) : -1;
  }

  private static int slot(OpenFile file, long number) {
    long mixed = (number + System.identityHashCode(file)) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 54); // the upper 10 bits
  }

  private static Page load(OpenFile file, long number) throws IOException {
    long start = number << PAGE_BITS;
    int bytes = (int) Math.min(PAGE, file.size() - start);
    ByteBuffer buffer = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    file.read(buffer, bytes, start);
    int[] entries = new int[bytes / Integer.BYTES];
    buffer.flip().asIntBuffer().get(entries);
    return new Page(file, number, entries, entries.length);
  }
}
