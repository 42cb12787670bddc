package org.nbdcore.spi;

import java.util.Objects;

/** What a client asks for when it opens an export: one immutable value. */
public final class OpenRequest {

  private final String exportName;
  private final Session session;
  private final boolean readOnly;
  private final boolean tls;

  private OpenRequest(String exportName, Session session, boolean readOnly, boolean tls) {
    this.exportName = Objects.requireNonNull(exportName, "exportName");
    this.session = Objects.requireNonNull(session, "session");
    this.readOnly = readOnly;
    this.tls = tls;
  }

  /** Asks for an export, to read and write it, over a connection that is not encrypted. */
  public static OpenRequest of(String exportName, Session session) {
    return new OpenRequest(exportName, session, false, false);
  }

  /** A request that no client made, for a device that a layer opens for itself. */
  public static OpenRequest detached(String exportName, boolean readOnly) {
    return new OpenRequest(exportName, Session.DETACHED, readOnly, false);
  }

  /**
   * The name as the client sent it, or as {@link Backend#defaultExport} filled it in; may be empty.
   */
  public String exportName() {
    return exportName;
  }

  /**
   * True if the device will not be written to ({@code -r}). A backend that cannot open it for
   * reading only may open it for writing.
   */
  public boolean readOnly() {
    return readOnly;
  }

  /** True if the connection is encrypted. */
  public boolean tls() {
    return tls;
  }

  /** The connection. */
  public Session session() {
    return session;
  }

  /** Changes {@link #exportName}. */
  public OpenRequest withExportName(String value) {
    return new OpenRequest(value, session, readOnly, tls);
  }

  /** Changes {@link #readOnly}. */
  public OpenRequest withReadOnly(boolean value) {
    return new OpenRequest(exportName, session, value, tls);
  }

  /** Changes {@link #tls}. */
  public OpenRequest withTls(boolean value) {
    return new OpenRequest(exportName, session, readOnly, value);
  }

  @Override
  public String toString() {
    return "OpenRequest[exportName=" + exportName + ", readOnly=" + readOnly + ", tls=" + tls + "]";
  }
}
