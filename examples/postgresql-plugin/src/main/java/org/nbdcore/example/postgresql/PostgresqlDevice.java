package org.nbdcore.example.postgresql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.Support;

/** The disk, opened for one client. Each request is a transaction. */
final class PostgresqlDevice implements BlockDevice {

  /** Maximum request in bytes. It also limits the memory of a transaction. */
  private static final long MAX_REQUEST = 4 << 20;

  private final BlockTable table;
  private final long size;

  /** True if a commit may not be durable yet. The server makes one call at a time. */
  private boolean dirty;

  PostgresqlDevice(BlockTable table, long size) {
    this.table = table;
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  /** A flush makes the commits of all connections durable, so multi-conn is true. */
  @Override
  public Capabilities capabilities() {
    int block = BlockTable.BLOCK;
    return Capabilities.readWrite()
        .withBlockSizes(BlockSizes.of(block, 1 << 18, MAX_REQUEST))
        .withFlush(true)
        .withFua(Support.NATIVE)
        .withTrim(true)
        .withZero(Support.NATIVE)
        .withFastZero(true)
        .withExtents(true)
        .withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    try {
      table.read(dst, offset);
    } catch (SQLException e) {
      table.rollback(e);
      throw BlockTable.failure("cannot read", e);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    change(flags, "cannot write", () -> table.write(src, offset));
  }

  /** A block without a row reads as zeroes. */
  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    change(flags, "cannot zero", () -> table.delete(offset, length));
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    change(flags, "cannot trim", () -> table.delete(offset, length));
  }

  private interface Change {
    void run() throws SQLException;
  }

  /** Without FUA, the commit does not wait for the disk of the database. */
  private void change(Flags flags, String message, Change change) throws IOException {
    boolean durable = flags.has(Flags.FUA);
    try {
      table.begin(durable);
      change.run();
      dirty |= !durable;
      table.commit();
    } catch (SQLException e) {
      table.rollback(e);
      throw BlockTable.failure(message, e);
    }
  }

  /**
   * A durable commit also makes all earlier commits durable. If it fails, the database may have
   * lost them in a crash, and a repeated flush over a new connection would not notice that.
   */
  @Override
  public void flush() throws IOException {
    boolean lost = dirty;
    dirty = false;
    try {
      table.sync();
    } catch (SQLException e) {
      table.rollback(e);
      if (lost) {
        throw new LostWritesException("cannot flush: " + e.getMessage(), e);
      }
      throw BlockTable.failure("cannot flush", e);
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    try {
      table.extents(offset, length, sink);
    } catch (SQLException e) {
      table.rollback(e);
      throw BlockTable.failure("cannot list the blocks", e);
    }
  }

  @Override
  public void close() throws IOException {
    boolean lost = dirty && !table.isConnected();
    table.close();
    if (lost) {
      throw new LostWritesException("the database was lost before a flush");
    }
  }
}
