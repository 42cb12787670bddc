package org.nbdcore.server.handshake;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.spi.OpenRequest;

/**
 * The export that the client may finally select. A device that {@code INFO} opened is kept for the
 * {@code GO} that usually follows, as opening can be slow.
 */
final class ExportSelection implements Closeable {

  private final HandshakeSettings settings;
  private final HandshakeWire wire;
  private final ConnectionSession session;
  private OpenRequest request; // for the default export
  private String chainDefault; // the chain's answer, asked for once; null until then
  private OpenExport opened;

  ExportSelection(HandshakeSettings settings, HandshakeWire wire, ConnectionSession session) {
    this.settings = settings;
    this.wire = wire;
    this.session = session;
    request = OpenRequest.of("", session).withReadOnly(settings.readOnly());
  }

  /** Whether the client's words are encrypted. */
  boolean tls() {
    return request.tls();
  }

  /** The request for the layers, without an export name. */
  OpenRequest request() {
    return request;
  }

  /** From here on they are; what was opened before is closed. */
  void encrypted() {
    close();
    chainDefault = null;
    request = OpenRequest.of("", session).withReadOnly(request.readOnly()).withTls(true);
  }

  /**
   * The empty name means the export that the user has set, otherwise the default export of the
   * chain.
   */
  String resolve(String name) throws IOException {
    if (!name.isEmpty()) {
      return name;
    }
    String fixed = settings.exportName();
    if (!fixed.isEmpty()) {
      return fixed;
    }
    if (chainDefault == null) {
      settings.locks().enter();
      try {
        chainDefault = settings.top().defaultExport(request);
      } finally {
        settings.locks().exit();
      }
    }
    return chainDefault;
  }

  /** Opens an export, or finds that it is open; it stays the choice's own until it is taken. */
  OpenExport open(String name) throws IOException {
    if (opened != null && opened.name.equals(name)) {
      return opened;
    }
    close();
    wire.flush(); // opening may take long, so send the replies so far
    opened = OpenExport.open(settings.top(), request.withExportName(name), settings.locks());
    return opened;
  }

  /** Returns the open export; the caller owns it from now on. */
  OpenExport take() {
    OpenExport taken = opened;
    opened = null;
    return taken;
  }

  /** Closes the export if no one has taken it over. */
  @Override
  public void close() {
    if (opened != null) {
      CloseQuietly.quietly(opened);
      opened = null;
    }
  }
}
