package org.nbdcore.server;

import java.io.IOException;
import org.nbdcore.spi.Session;

/** Decides which clients may use an export; see {@link ServerExport#withClientCheck}. */
@FunctionalInterface
public interface ClientCheck {

  /** Accepts every client. */
  ClientCheck ANY = session -> {};

  /**
   * Returns normally if the client may use the export. Called by many threads, for each client that
   * names the export or lists the exports. If the client uses TLS, its name is known by then. Do
   * not block.
   *
   * @throws IOException if the server must refuse the client. The server sends the message to the
   *     client
   */
  void check(Session session) throws IOException;
}
