package org.nbdcore.example.postgresql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;

/** The table with the blocks of a disk, accessed over one connection. For one thread at a time. */
final class BlockTable {

  /** Bytes of a block, which is a row of the table. */
  static final int BLOCK = 4096;

  private static final String DISK_FULL = "53100";
  private static final int SECONDS_TO_ANSWER = 5;

  private final Connection connection;
  private final PreparedStatement select;
  private final PreparedStatement upsert;
  private final PreparedStatement delete;
  private final PreparedStatement list;

  BlockTable(Connection connection, String table) throws SQLException {
    this.connection = connection;
    String range = " WHERE block >= ? AND block < ?";
    try {
      connection.setAutoCommit(false);
      select = connection.prepareStatement("SELECT block, data FROM " + table + range);
      upsert =
          connection.prepareStatement(
              "INSERT INTO "
                  + table
                  + " VALUES (?, ?) ON CONFLICT (block) DO UPDATE SET data = EXCLUDED.data");
      delete = connection.prepareStatement("DELETE FROM " + table + range);
      list = connection.prepareStatement("SELECT block FROM " + table + range + " ORDER BY block");
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
  }

  /** Creates the table if it is missing. */
  static void create(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS "
              + table
              + " (block bigint PRIMARY KEY, data bytea NOT NULL CHECK (length(data) = "
              + BLOCK
              + "))");
    }
  }

  /** Creates the exception that the client receives. */
  static IOException failure(String message, SQLException e) {
    NbdError error = DISK_FULL.equals(e.getSQLState()) ? NbdError.ENOSPC : NbdError.EIO;
    return new NbdException(error, message + ": " + e.getMessage(), e);
  }

  /**
   * Starts a transaction.
   *
   * @param durable whether its commit waits until it is durable
   */
  void begin(boolean durable) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL synchronous_commit = " + (durable ? "on" : "off"));
    }
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** Rolls back a failed transaction. If this fails too, adds the exception as a suppressed one. */
  void rollback(SQLException failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /** Makes all earlier commits durable. Only a commit that writes to the log waits for the disk. */
  void sync() throws SQLException {
    begin(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_logical_emit_message(true, 'nbd', '')");
    }
    commit();
  }

  /** Reads blocks. A block without a row reads as zeroes. */
  void read(ByteBuffer dst, long offset) throws SQLException {
    range(select, offset, dst.remaining());
    int start = dst.position();
    Zeroes.fill(dst);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        int at = start + (int) (rows.getLong(1) * BLOCK - offset);
        dst.put(at, rows.getBytes(2));
      }
    }
    connection.commit();
  }

  void write(ByteBuffer src, long offset) throws SQLException {
    for (long number = offset / BLOCK; src.hasRemaining(); number++) {
      byte[] block = new byte[BLOCK]; // the driver keeps it until the batch is executed
      src.get(block);
      upsert.setLong(1, number);
      upsert.setBytes(2, block);
      upsert.addBatch();
    }
    upsert.executeBatch();
  }

  void delete(long offset, long length) throws SQLException {
    range(delete, offset, length);
    delete.executeUpdate();
  }

  void extents(long offset, long length, ExtentSink sink) throws SQLException {
    range(list, offset, length);
    long at = offset;
    try (ResultSet rows = list.executeQuery()) {
      while (!sink.full() && rows.next()) {
        long data = rows.getLong(1) * BLOCK;
        if (data > at) {
          sink.add(at, data - at, ExtentSink.HOLE | ExtentSink.ZERO);
        }
        sink.add(data, BLOCK, ExtentSink.DATA);
        at = data + BLOCK;
      }
      if (!sink.full() && at < offset + length) {
        sink.add(at, offset + length - at, ExtentSink.HOLE | ExtentSink.ZERO);
      }
    }
    connection.commit();
  }

  private static void range(PreparedStatement statement, long offset, long length)
      throws SQLException {
    statement.setLong(1, offset / BLOCK);
    statement.setLong(2, (offset + length) / BLOCK);
  }

  /** True if the database still responds. */
  boolean isConnected() {
    try {
      return connection.isValid(SECONDS_TO_ANSWER);
    } catch (SQLException e) {
      return false;
    }
  }

  void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure("cannot disconnect", e);
    }
  }
}
