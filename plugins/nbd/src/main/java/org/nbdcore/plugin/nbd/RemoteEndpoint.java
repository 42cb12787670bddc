package org.nbdcore.plugin.nbd;

import java.io.IOException;
import org.nbdcore.client.NbdHandshake;

/** The remote server. Safe for use by several threads. */
interface RemoteEndpoint extends AutoCloseable {

  /** Connects once. The caller closes the result. */
  NbdHandshake connect() throws IOException;

  /** True if a lost connection can be re-established. */
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
