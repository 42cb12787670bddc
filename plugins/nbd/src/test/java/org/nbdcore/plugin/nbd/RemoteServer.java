package org.nbdcore.plugin.nbd;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nbdcore.chain.Chain;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.spi.Config;

/** The server behind the plugin: on a Unix socket and on a TCP port. */
final class RemoteServer implements AutoCloseable {

  private final NbdServer server;
  private final Path socket;

  private RemoteServer(NbdServer server, Path socket) {
    this.server = server;
    this.socket = socket;
  }

  static RemoteServer start(KeptDisks disks, Path socket) throws Exception {
    return start(disks, socket, Optional.empty());
  }

  static RemoteServer start(KeptDisks disks, Path socket, Optional<Tls> tls) throws Exception {
    Chain chain = Chain.builder().plugin(disks, Config.builder(disks.parameters()).build()).build();
    SocketAddress port = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ServerOptions options =
        ServerOptions.defaults(List.of(UnixDomainSocketAddress.of(socket), port)).withTls(tls);
    return new RemoteServer(NbdServer.start(chain, options), socket);
  }

  int port() {
    for (SocketAddress address : server.addresses()) {
      if (address instanceof InetSocketAddress tcp) {
        return tcp.getPort();
      }
    }
    throw new AssertionError("it listens on no port");
  }

  String uri() {
    return "nbd+unix:///?socket=" + socket;
  }

  @Override
  public void close() {
    server.close();
  }
}
