package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.RangeLocks;

/**
 * A disk of many objects. A write of a part of an object reads and writes the whole object.
 * Completed writes are durable, because the server has confirmed them.
 */
final class BlocksDevice implements BlockDevice {

  private final ObjectStore objects;
  private final long size;
  private final int objectSize;
  private final RangeLocks locks;
  private final boolean readOnly;

  BlocksDevice(ObjectStore objects, long size, int objectSize, RangeLocks locks, boolean readOnly) {
    this.objects = objects;
    this.size = size;
    this.objectSize = objectSize;
    this.locks = locks;
    this.readOnly = readOnly;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    if (readOnly) {
      return Capabilities.readOnly().withMultiConn(true);
    }
    return Capabilities.readWrite()
        .withFlush(true)
        .withFua(Support.NATIVE)
        .withTrim(true)
        .withZero(Support.NATIVE)
        .withMultiConn(true);
  }

  /** Handles the part of a request that lies in one object. */
  private interface Part {
    /** From {@code start} on, {@code length} bytes. */
    void handle(long block, int start, int length) throws IOException;
  }

  private void forEachObject(long offset, long length, Part part) throws IOException {
    long end = offset + length;
    for (long at = offset; at < end; ) {
      long block = at / objectSize;
      int start = (int) (at % objectSize);
      int count = (int) Math.min(objectSize - start, end - at);
      part.handle(block, start, count);
      at += count;
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    forEachObject(
        offset,
        dst.remaining(),
        (block, start, length) -> {
          Optional<byte[]> data = objects.read(block, start, length);
          if (data.isPresent()) {
            dst.put(data.get());
          } else {
            Zeroes.fill(dst, dst.position(), length);
            dst.position(dst.position() + length);
          }
        });
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    checkWritable();
    forEachObject(
        offset,
        src.remaining(),
        (block, start, length) ->
            locked(
                block,
                () -> {
                  byte[] content =
                      length == objectSize
                          ? new byte[objectSize]
                          : objects.read(block, 0, objectSize).orElse(new byte[objectSize]);
                  src.get(content, start, length);
                  objects.write(block, content);
                }));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    checkWritable();
    forEachObject(
        offset,
        length,
        (block, start, count) ->
            locked(
                block,
                () -> {
                  if (count == wholeLength(block)) {
                    objects.delete(block);
                    return;
                  }
                  Optional<byte[]> content = objects.read(block, 0, objectSize);
                  if (content.isPresent()) {
                    Arrays.fill(content.get(), start, start + count, (byte) 0);
                    objects.write(block, content.get());
                  }
                }));
  }

  /** Removes whole objects; parts of objects keep their content. */
  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    checkWritable();
    forEachObject(
        offset,
        length,
        (block, start, count) -> {
          if (count == wholeLength(block)) {
            locked(block, () -> objects.delete(block));
          }
        });
  }

  /** The last object may reach beyond the end of the disk. */
  private long wholeLength(long block) {
    return Math.min(objectSize, size - block * objectSize);
  }

  /** A change of one object. */
  private interface Change {
    /** Called while no other client changes it. */
    void make() throws IOException;
  }

  private void locked(long block, Change change) throws IOException {
    RangeLocks.RangeLock held = locks.exclusive(block, block + 1);
    try {
      change.make();
    } finally {
      locks.release(held);
    }
  }

  /** Every write is durable when it returns. */
  @Override
  public void flush() {}

  private void checkWritable() throws NbdException {
    if (readOnly) {
      throw new NbdException(NbdError.EPERM, "this disk is read-only");
    }
  }

  @Override
  public void close() {}
}
