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

  /**
   * A request to open an export for reading and writing, over a connection that is not encrypted.
   */
  public static OpenRequest of(String exportName, Session session) {
    return new OpenRequest(exportName, session, false, false);
  }

  /** A request without a client, for a device that a layer opens for its own use. */
  public static OpenRequest detached(String exportName, boolean readOnly) {
    return new OpenRequest(exportName, Session.DETACHED, readOnly, false);
  }

  /**
   * The name that the client sent, or that {@link Backend#defaultExport} returned; may be empty.
   */
  public String exportName() {
    return exportName;
  }

  /**
   * True if the device will not be written to ({@code -r}). A backend that cannot open it read-only
   * may open it for writing.
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
