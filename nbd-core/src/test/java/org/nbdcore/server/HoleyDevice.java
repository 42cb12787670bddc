package org.nbdcore.server;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.testkit.ModelDevice;

/** Answers zero-copy reads, and says which of its blocks of 1 KiB are holes. */
final class HoleyDevice extends PassThroughDevice {

  static final int BLOCK = 1024;

  final ByteBuffer memory;
  final BitSet holes = new BitSet();

  HoleyDevice(int size, byte[] contents) {
    super(new ModelDevice(size));
    memory = ByteBuffer.allocateDirect(size).put(0, contents);
  }

  /** Makes a hole of blocks. */
  void hole(int first, int count) {
    holes.set(first, first + count);
    memory.put(first * BLOCK, new byte[count * BLOCK]);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    dst.put(memory.slice((int) offset, dst.remaining()));
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    int end = (int) (offset + length);
    for (int at = (int) offset; at < end; ) {
      int next = Math.min(end, (at / BLOCK + 1) * BLOCK);
      if (holes.get(at / BLOCK)) {
        buffers.addZeroes(next - at);
      } else {
        buffers.add(memory.slice(at, next - at));
      }
      at = next;
    }
    return true;
  }
}
