package org.nbdcore.plugin.nbd;

import java.io.IOException;
import org.nbdcore.client.NbdHandshake;

/** The server behind this one. Used by many threads. */
interface RemoteEndpoint extends AutoCloseable {

  /** Connects once; the caller closes what it gets. */
  NbdHandshake connect() throws IOException;

  /** Whether a lost connection can be re-established. */
  default boolean again() {
    return true;
  }

  /** Ends the server process, if this object started one. */
  @Override
  default void close() throws IOException {}

  /** The name that messages use. */
  @Override
  String toString();
}
