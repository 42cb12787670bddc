package org.nbdcore.example.postgresql;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.postgresql.Driver;

/** Opens a connection to the database for each client. */
final class PostgresqlPlugin implements Plugin {

  private final String url;
  private final Properties login;
  private final String table;
  private final long size;

  PostgresqlPlugin(String url, Properties login, String table, long size) {
    this.url = url;
    this.login = login;
    this.table = table;
    this.size = size;
  }

  /** A JDBC connection makes one call at a time, and each device has its own. */
  @Override
  public ThreadModel threadModel() {
    return ThreadModel.SERIALIZE_REQUESTS;
  }

  @Override
  public void start(StartContext context) throws IOException {
    try (Connection connection = connect()) {
      BlockTable.create(connection, table);
    } catch (SQLException e) {
      throw BlockTable.failure("cannot create the table " + table, e);
    }
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    try {
      return new PostgresqlDevice(new BlockTable(connect(), table), size);
    } catch (SQLException e) {
      throw BlockTable.failure("cannot connect to " + url, e);
    }
  }

  /**
   * Uses the driver of this jar. {@link java.sql.DriverManager} searches for drivers only once in a
   * JVM, so it may know only those of another jar.
   */
  private Connection connect() throws SQLException {
    Connection connection = new Driver().connect(url, login);
    if (connection == null) {
      throw new SQLException("it is not a URL of the form jdbc:postgresql://HOST:PORT/DATABASE");
    }
    return connection;
  }
}
