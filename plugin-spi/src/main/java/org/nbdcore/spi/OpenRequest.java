package org.nbdcore.spi;

import java.util.Objects;

/**
 * The request of a client to open an export.
 *
 * @param exportName as the client sent it, or as {@link Backend#defaultExport} filled it in; may be
 *     empty
 * @param readOnly whether the device will not be written to ({@code -r}); it may still be opened
 *     for writing where the backend cannot do otherwise
 * @param tls whether the connection is encrypted
 * @param session the connection
 */
public record OpenRequest(String exportName, boolean readOnly, boolean tls, Session session) {

  /** Checks that nothing is null. */
  public OpenRequest {
    Objects.requireNonNull(exportName, "exportName");
    Objects.requireNonNull(session, "session");
  }

  /** A request that no client made, for a device that a layer opens for itself. */
  public static OpenRequest detached(String exportName, boolean readOnly) {
    return new OpenRequest(exportName, readOnly, false, Session.DETACHED);
  }

  /** The same for another export. */
  public OpenRequest withExportName(String name) {
    return new OpenRequest(name, readOnly, tls, session);
  }

  /** The same for reading only, or for writing too. */
  public OpenRequest withReadOnly(boolean value) {
    return new OpenRequest(exportName, value, tls, session);
  }
}
