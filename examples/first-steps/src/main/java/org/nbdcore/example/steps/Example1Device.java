package org.nbdcore.example.steps;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Zeroes;

/** A disk of 100 MiB. Only the first sector has data: a table with one partition. */
final class Example1Device implements BlockDevice {

  static final long SIZE = 100L << 20;
  private static final int SECTOR = 512;
  private static final byte[] TABLE = table();

  private static byte[] table() {
    ByteBuffer table = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    table
        .putInt(446, 0xffff_fe00)
        .putInt(450, 0xffff_fe83); // type Linux; too large for CHS addresses
    table.putInt(454, 2048).putInt(458, (int) (SIZE / SECTOR) - 2048);
    table.putShort(510, (short) 0xaa55);
    return table.array();
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withExtents(true).withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    if (offset < SECTOR) {
      int from = (int) offset;
      dst.put(TABLE, from, Math.min(dst.remaining(), SECTOR - from));
    }
    Zeroes.fill(dst);
  }

  /** A client that copies the disk does not need to read holes. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
    if (offset < SECTOR) {
      sink.add(0, SECTOR, ExtentSink.DATA);
    }
    long hole = Math.max(offset, SECTOR);
    if (hole < offset + length) {
      sink.add(hole, offset + length - hole, ExtentSink.HOLE | ExtentSink.ZERO);
    }
  }

  @Override
  public void close() {}
}
