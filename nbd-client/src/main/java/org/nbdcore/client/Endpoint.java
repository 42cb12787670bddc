package org.nbdcore.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.NbdUri;

/** The address to connect to, with its name for messages. */
final class Endpoint {

  private final @Nullable NbdUri uri;
  private final @Nullable SocketAddress address;
  private final String name;

  private Endpoint(@Nullable NbdUri uri, @Nullable SocketAddress address, String name) {
    this.uri = uri;
    this.address = address;
    this.name = name;
  }

  static Endpoint of(NbdUri uri) {
    return new Endpoint(uri, null, uri.toString());
  }

  static Endpoint of(SocketAddress address) {
    return new Endpoint(null, address, address.toString());
  }

  /**
   * A connection that already exists.
   *
   * @param uri supplies the TLS parameters; may be null
   */
  static Endpoint connected(String name, @Nullable NbdUri uri) {
    return new Endpoint(uri, null, name);
  }

  /** The URI, or null. */
  @Nullable NbdUri uri() {
    return uri;
  }

  /** The name that the server's certificate must contain, or null. */
  @Nullable String hostname() {
    if (uri != null) {
      return uri.tlsHostname();
    }
    return address instanceof InetSocketAddress tcp ? tcp.getHostString() : null;
  }

  /**
   * Connects. Tries each address of a host in turn, for at most {@code millis} each (0: no limit).
   */
  SocketChannel connect(long millis) throws IOException {
    if (address != null) {
      return connect(address, millis);
    }
    return connect(Objects.requireNonNull(uri, "it is connected"), millis);
  }

  private SocketChannel connect(NbdUri uri, long millis) throws IOException {
    String socket = uri.socket();
    if (uri.unix() && socket != null) {
      if (socket.startsWith("\0")) {
        throw failure("this client cannot use abstract sockets", null);
      }
      return connect(UnixDomainSocketAddress.of(uri.path("socket")), millis);
    }
    if (uri.transport() == NbdUri.Transport.VSOCK) {
      throw failure("this client has no vsock sockets; use the plugin nbd of nbd-core", null);
    }
    InetAddress[] candidates;
    try {
      candidates = InetAddress.getAllByName(uri.host());
    } catch (UnknownHostException e) {
      throw failure("unknown host " + uri.host(), e);
    }
    IOException last = null;
    for (InetAddress candidate : candidates) {
      try {
        return connect(new InetSocketAddress(candidate, uri.port()), millis);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private SocketChannel connect(SocketAddress to, long millis) throws IOException {
    boolean unix = to instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        unix ? SocketChannel.open(java.net.StandardProtocolFamily.UNIX) : SocketChannel.open();
    try (ChannelWatchdog deadline = new ChannelWatchdog(channel, unix ? 0 : millis)) {
      try {
        channel.connect(to);
      } catch (IOException | UnresolvedAddressException e) {
        channel.close();
        String why = deadline.passed() ? "no answer within " + millis + " ms" : e.getMessage();
        if (e instanceof ClosedByInterruptException) {
          why = "the thread was interrupted";
        } else if (e instanceof UnresolvedAddressException) {
          why = "unknown host";
        }
        throw failure(why == null ? e.toString() : why, e);
      }
    }
    if (!unix) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    return channel;
  }

  private NbdClientException failure(String why, @Nullable Throwable cause) {
    return NbdClientException.broken("cannot connect to " + this + ": " + why, cause);
  }

  @Override
  public String toString() {
    return name;
  }
}
