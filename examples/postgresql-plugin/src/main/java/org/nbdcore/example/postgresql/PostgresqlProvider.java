package org.nbdcore.example.postgresql;

import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Secret;
import org.nbdcore.spi.Sizes;

/** Declares {@code postgresql}: a disk in a table of a PostgreSQL database. */
public final class PostgresqlProvider implements PluginProvider {

  private static final Pattern TABLE_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  static final Parameter<String> URL =
      Parameter.string("url", "JDBC URL of the database, jdbc:postgresql://HOST:PORT/DATABASE.")
          .required()
          .magic();

  static final Parameter<Long> SIZE =
      Parameter.size("size", "Size of the disk, a multiple of 4K.")
          .required()
          .map(PostgresqlProvider::checkSize);

  static final Parameter<String> TABLE =
      Parameter.string(
              "table", "Table with the blocks of the disk. It is created if it is missing.")
          .defaultValue("nbd_disk")
          .map(PostgresqlProvider::checkTable);

  static final Parameter<String> USER =
      Parameter.string("user", "User name for the login.").defaultValue("");

  static final Parameter<Secret> PASSWORD =
      Parameter.password("password", "Password for the login.");

  private static long checkSize(long size) throws ConfigException {
    if (size == 0 || size % BlockTable.BLOCK != 0) {
      throw new ConfigException("must be a multiple of 4K above 0, not " + Sizes.format(size));
    }
    return size;
  }

  /** A name cannot be a parameter of a statement, so only safe names are allowed. */
  private static String checkTable(String name) throws ConfigException {
    if (!TABLE_NAME.matcher(name).matches()) {
      throw new ConfigException(
          "must be a-z, 0-9 and underscores, at most 63, no digit first, not '" + name + "'");
    }
    return name;
  }

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public String description() {
    return "Example: a disk in a table of a PostgreSQL database";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(URL, SIZE, TABLE, USER, PASSWORD);
  }

  @Override
  public Plugin create(Config config) {
    Properties login = new Properties();
    login.setProperty("reWriteBatchedInserts", "true"); // one statement for many rows
    if (!config.get(USER).isEmpty()) {
      login.setProperty("user", config.get(USER));
    }
    config.find(PASSWORD).ifPresent(secret -> login.setProperty("password", secret.reveal()));
    return new PostgresqlPlugin(config.get(URL), login, config.get(TABLE), config.get(SIZE));
  }
}
