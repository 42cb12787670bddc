package org.nbdcore.client.cli;

import java.io.IOException;
import java.util.List;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.ExportInfo;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.NbdUri;

/** The properties that {@code --can} and {@code --is} query. */
final class ExportProperties {

  private static final String CAN =
      " cache connect df fast-zero flush fua multi-conn read structured-reply trim write zero ";
  private static final String IS = " read-only rotational tls ";

  private ExportProperties() {}

  static String check(String option, String name) throws UsageException {
    String valid = option.equals("--can") ? CAN : IS;
    if (name.isEmpty() || valid.indexOf(" " + name + " ") < 0) {
      throw new UsageException(option + " must be one of" + valid + "and not " + name);
    }
    return name;
  }

  static boolean test(String name, NbdUri uri) throws IOException {
    ConnectOptions options = ConnectOptions.defaults().withMetaContexts(List.of());
    try (NbdClient client = NbdClient.connect(uri, options)) {
      ExportInfo export = client.export();
      switch (name) {
        case "connect":
        case "read":
          return true;
        case "structured-reply":
          return client.structuredReplies();
        case "tls":
          return client.tls();
        case "cache":
          return export.canCache();
        case "df":
          return export.canDf();
        case "fast-zero":
          return export.canFastZero();
        case "flush":
          return export.canFlush();
        case "fua":
          return export.canFua();
        case "multi-conn":
          return export.canMultiConn();
        case "trim":
          return export.canTrim();
        case "write":
          return !export.isReadOnly();
        case "zero":
          return export.canZero();
        case "read-only":
          return export.isReadOnly();
        case "rotational":
          return export.isRotational();
        default:
          throw new IllegalArgumentException("unknown property " + name);
      }
    }
  }
}
