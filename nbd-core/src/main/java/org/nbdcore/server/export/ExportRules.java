package org.nbdcore.server.export;

import java.io.IOException;
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.spi.Session;

/**
 * The rules that the server applies to an export.
 *
 * @param readOnly true to refuse writes
 * @param lazy true if the first client starts the chain
 * @param check refuses clients; null if every client may use the export
 * @param budget limits the data of requests in progress; null for no limit
 */
public record ExportRules(boolean readOnly, boolean lazy, Check check, ExportBudget budget) {

  /** Decides whether a client may use an export. */
  @FunctionalInterface
  public interface Check {
    /** Throws if the client may not use the export. */
    void check(Session session) throws IOException;
  }

  /** Rules without a client check and without a limit. */
  public static ExportRules of(boolean readOnly) {
    return new ExportRules(readOnly, false, null, null);
  }
}
