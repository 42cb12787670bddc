package org.nbdcore.server;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.nbdcore.server.tls.Tls;

/** Server options, changed one by one. */
final class Options {

  List<SocketAddress> listen = List.of();
  List<ServerSocketChannel> inherited = List.of();
  Optional<SocketChannel> single = Optional.empty();
  boolean readOnly;
  int threads = 16;
  String exportName = "";
  boolean structuredReplies = true;
  boolean metaContexts = true;
  int handshakeMask = 3;
  boolean oldstyle;
  boolean extendedHeaders;
  Optional<Tls> tls = Optional.empty();
  Duration handshakeTimeout = Duration.ofSeconds(60);
  Duration stopTimeout = Duration.ofSeconds(30);

  ServerOptions build() {
    return ServerOptions.defaults(listen)
        .withInherited(inherited)
        .withSingle(single)
        .withReadOnly(readOnly)
        .withThreads(threads)
        .withExportName(exportName)
        .withStructuredReplies(structuredReplies)
        .withMetaContexts(metaContexts)
        .withHandshakeMask(handshakeMask)
        .withOldstyle(oldstyle)
        .withExtendedHeaders(extendedHeaders)
        .withHandshakeTimeout(handshakeTimeout)
        .withStopTimeout(stopTimeout)
        .withTls(tls);
  }
}
