package org.nbdcore.cli;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.PeerCredentials;
import org.nbdcore.server.ServerHooks;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.SocketCalls;
import org.nbdcore.system.UnixPeer;

/**
 * The hooks of the command line's options: labelled or inherited sockets, and the change of user
 * after binding.
 */
final class StartHooks implements ServerHooks, Closeable {

  private static final int BACKLOG = 1024;

  private final Endpoints endpoints;
  private final Optional<String> label;
  private final Optional<RunAsUser> account;
  private final boolean keepAlive;
  private final boolean exitWithParent;
  private final PrivilegedStep beforeChange;
  private Optional<VsockListener> vsock = Optional.empty();

  /** Work that must run as the user who started the server. */
  interface PrivilegedStep {
    /** Does it. */
    void run() throws IOException;
  }

  StartHooks(
      CommandLine line, ServerSettings settings, Endpoints endpoints, PrivilegedStep beforeChange)
      throws ConfigException {
    this.endpoints = endpoints;
    this.beforeChange = beforeChange;
    label = line.last(CommandLineOption.SELINUX_LABEL);
    if (label.isPresent()) {
      SocketLabel.check();
    }
    account = RunAsUser.of(line.last(CommandLineOption.USER), line.last(CommandLineOption.GROUP));
    keepAlive = settings.on(CommandLineOption.KEEPALIVE);
    exitWithParent = line.has(CommandLineOption.EXIT_WITH_PARENT);
  }

  @Override
  public List<ServerSocketChannel> beforeListening() throws IOException {
    if (label.isPresent()) {
      SocketLabel.apply(label.get());
    }
    List<ServerSocketChannel> channels = new ArrayList<>(InheritedSockets.open());
    if (endpoints.oneFamily().isPresent()) {
      channels.add(bind(endpoints.oneFamily().get()));
    }
    if (endpoints.vsock().isPresent()) {
      vsock = Optional.of(VsockListener.bind(endpoints.vsock().get()));
    }
    return channels;
  }

  private static ServerSocketChannel bind(InetSocketAddress address) throws IOException {
    boolean six = address.getAddress() instanceof Inet6Address;
    ServerSocketChannel channel = null;
    try {
      channel =
          ServerSocketChannel.open(
              six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
      if (six) {
        refuseIpv4(channel);
      }
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return channel.bind(address, BACKLOG);
    } catch (IOException | UnsupportedOperationException | LinkageError e) {
      if (channel != null) {
        channel.close();
      }
      throw new IOException(
          "cannot listen on "
              + (six ? "::" : "0.0.0.0")
              + " port "
              + address.getPort()
              + ": "
              + ExceptionText.of(e),
          e);
    }
  }

  /**
   * Makes a socket IPv6-only, because the JDK's sockets for all IPv6 addresses also accept IPv4
   * clients.
   */
  private static void refuseIpv4(ServerSocketChannel channel) throws IOException {
    int[] on = {1};
    int socket = Descriptors.number(channel);
    int level = SocketCalls.IPPROTO_IPV6;
    if (SocketCalls.setsockopt(socket, level, SocketCalls.IPV6_V6ONLY, on, Integer.BYTES) != 0) {
      throw new IOException(ErrorText.last());
    }
  }

  @Override
  public void beforeAccepting() throws IOException {
    if (account.isEmpty()) {
      return;
    }
    beforeChange.run();
    if (endpoints.privateSocket().isPresent()) {
      endpoints.privateSocket().get().changeOwner(account.get());
    }
    account.get().become();
    if (exitWithParent) {
      ParentWatch.armAgain();
    }
  }

  @Override
  public void accepted(SocketChannel client) throws IOException {
    if (keepAlive && client.getRemoteAddress() instanceof InetSocketAddress) {
      client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }
  }

  @Override
  public Optional<PeerCredentials> credentials(SocketChannel client) throws IOException {
    return UnixPeer.of(client).map(peer -> PeerCredentials.of(peer.pid(), peer.uid(), peer.gid()));
  }

  /** Starts to accept connections that the server does not accept itself. */
  void serverRuns(NbdServer server) {
    vsock.ifPresent(listener -> listener.start(server::serve));
  }

  /** The port for virtual machines, if there is one. */
  Optional<SocketAddress> vsockAddress() {
    return endpoints.vsock().map(VsockAddress::new);
  }

  /** True if the process changes its user, so that {@code beforeChange} runs. */
  boolean changesUser() {
    return account.isPresent();
  }

  @Override
  public void close() {
    vsock.ifPresent(VsockListener::close);
  }
}
