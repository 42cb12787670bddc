package org.nbdcore.server;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.nbdcore.server.tls.Tls;

/**
 * How a server listens and serves; what it serves is its {@link org.nbdcore.chain.Chain}.
 *
 * @param listen addresses to bind: {@link java.net.InetSocketAddress} or {@link
 *     java.net.UnixDomainSocketAddress}; a Unix socket's file is removed when the server stops
 * @param inherited listening channels made elsewhere (socket activation); closed by the server
 * @param single a connection that exists already, after which the server stops ({@code --single})
 * @param readOnly whether writing is refused ({@code -r})
 * @param threads how many requests of one connection may be in progress, at least 1 ({@code -t})
 * @param exportName the default export ({@code -e}); empty to ask the chain
 * @param structuredReplies whether they are offered ({@code --no-sr} turns them off)
 * @param metaContexts whether they are offered ({@code --no-mc} turns them off)
 * @param handshakeMask bits of {@link org.nbdcore.protocol.HandshakeFlags} to offer
 * @param oldstyle whether to use the oldstyle handshake, without negotiation ({@code -o}). Then
 *     export name, structured replies, meta contexts, mask and TLS have no effect
 * @param extendedHeaders whether the 64-bit extension, still a draft, is offered (not with {@code
 *     --no-eh})
 * @param handshakeTimeout how long a client may take before transmission begins
 * @param stopTimeout how long a server that stops waits for requests in progress, and as long again
 *     for the chain to close; see {@link NbdServer#hanging}
 * @param tls how to encrypt, if at all
 */
public record ServerOptions(
    List<SocketAddress> listen,
    List<ServerSocketChannel> inherited,
    Optional<SocketChannel> single,
    boolean readOnly,
    int threads,
    String exportName,
    boolean structuredReplies,
    boolean metaContexts,
    int handshakeMask,
    boolean oldstyle,
    boolean extendedHeaders,
    Duration handshakeTimeout,
    Duration stopTimeout,
    Optional<Tls> tls) {

  /** The defaults: 16 threads, everything offered, 60 s for the handshake, 30 s for a stop. */
  public static ServerOptions defaults(List<SocketAddress> listen) {
    return new ServerOptions(
        listen,
        List.of(),
        Optional.empty(),
        false,
        16,
        "",
        true,
        true,
        3,
        false,
        true,
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Optional.empty());
  }
}
