package org.nbdcore.spi;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Receives the bytes of a {@linkplain ZeroCopyReadable zero-copy read}: pieces of memory, in order,
 * or one range of a file.
 */
@Experimental
public interface BufferList {

  /**
   * Adds the bytes between the position and the limit of {@code bytes}.
   *
   * @param bytes a buffer object that no other code uses, such as a fresh {@link
   *     ByteBuffer#duplicate()} of direct memory. The memory still belongs to the device. The
   *     device may write to it, because a read that overlaps a write may return either content.
   *     Until the garbage collector has reclaimed {@code bytes}, the device must not unmap the
   *     memory or use it for another range of the disk. This rule applies even after the device is
   *     closed
   */
  void add(ByteBuffer bytes);

  /** Adds {@code length} zeroes. */
  void addZeroes(long length);

  /** True if you may call {@link #addFile}. False for encrypted connections, for example. */
  default boolean acceptsFiles() {
    return false;
  }

  /**
   * Adds a range of a file, which the system then sends without copying it to this process. It must
   * be the only addition. Add only ranges that are in the page cache. After the server has started
   * to send, it can report a read error only by closing the connection.
   *
   * @param file belongs to the device, which must keep it open until the device is closed. The
   *     server reads at explicit positions, and does not move the position of the channel
   * @param position start of the range in the file, in bytes
   * @param length of the range, in bytes
   */
  default void addFile(FileChannel file, long position, long length) {
    throw new UnsupportedOperationException("this list does not accept files");
  }
}
