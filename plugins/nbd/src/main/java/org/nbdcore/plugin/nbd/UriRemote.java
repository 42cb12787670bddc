package org.nbdcore.plugin.nbd;

import java.io.IOException;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.protocol.NbdUri;

/** A server with a URI. */
record UriRemote(NbdUri uri, ConnectOptions options) implements RemoteEndpoint {

  @Override
  public NbdHandshake connect() throws IOException {
    return NbdHandshake.open(uri, options);
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return uri.toString();
  }
}
