package org.nbdcore.client.copy;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.NbdUri;

/** The connections of a copy to one server. Each worker uses one of them. */
final class NbdConnections implements Closeable {

  private final String name;
  private final NbdClient[] clients;

  private NbdConnections(String name, NbdClient[] clients) {
    this.name = name;
    this.clients = clients;
  }

  /**
   * Connects, with several connections if the server allows them and the export is large enough.
   */
  static NbdConnections connect(String role, NbdUri uri, CopyOptions options, List<String> contexts)
      throws IOException {
    String name = role + " " + uri;
    ConnectOptions connect = ConnectOptions.defaults().withMetaContexts(contexts);
    NbdClient first = NbdClient.connect(uri, connect);
    long worth = first.size() / options.requestSize();
    int count =
        first.export().canMultiConn()
            ? (int) Math.max(1, Math.min(options.connections(), worth))
            : 1;
    NbdClient[] clients = new NbdClient[count];
    clients[0] = first;
    NbdConnections opened = new NbdConnections(name, clients);
    try {
      for (int i = 1; i < count; i++) {
        clients[i] = NbdClient.connect(uri, connect);
      }
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  NbdClient client(int worker) {
    return clients[worker % clients.length];
  }

  int count() {
    return clients.length;
  }

  int maximumRequest() {
    return Math.min(clients[0].maximumPayload(), Limits.DEFAULT_MAX_PAYLOAD);
  }

  IOException failure(IOException e) {
    return new IOException(name + ": " + e.getMessage(), e);
  }

  @Override
  public void close() {
    for (NbdClient client : clients) {
      if (client != null) {
        client.close();
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
