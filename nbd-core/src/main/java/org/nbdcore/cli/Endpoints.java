package org.nbdcore.cli;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;

/**
 * Where a command line says to listen.
 *
 * @param addresses a Unix socket first
 * @param privateSocket made for {@code -U -} and {@code --run}; removed when this is closed
 */
record Endpoints(List<SocketAddress> addresses, Optional<PrivateSocket> privateSocket)
    implements Closeable {

  private static final int DEFAULT_PORT = 10809;
  private static final int LAST_PORT = 65535;

  /** What the kernel takes, with the byte that ends it. */
  private static final int LONGEST_UNIX_PATH = 107;

  /**
   * Reads {@code -U -p -i -4 -6}. Without {@code -U} it is a TCP port, but for {@code --run} a
   * private socket, unless a port or address is given.
   */
  static Endpoints of(CommandLine line, ServerSettings settings, String program)
      throws ConfigException, IOException {
    if (line.has(Option.SINGLE)) {
      return new Endpoints(List.of(), Optional.empty());
    }
    Optional<String> unix = settings.find(Option.UNIX);
    boolean tcp =
        settings.find(Option.PORT).isPresent() || settings.find(Option.IP_ADDRESS).isPresent();
    boolean makePrivate = unix.isPresent() ? unix.get().equals("-") : line.has(Option.RUN) && !tcp;
    List<SocketAddress> addresses = new ArrayList<>();
    if (tcp || (unix.isEmpty() && !makePrivate)) {
      addresses.addAll(tcp(line, settings));
    }
    if (makePrivate) {
      PrivateSocket socket = PrivateSocket.create(program);
      addresses.add(0, UnixDomainSocketAddress.of(socket.path()));
      return new Endpoints(addresses, Optional.of(socket));
    }
    if (unix.isPresent()) {
      addresses.add(0, unix(unix.get()));
    }
    return new Endpoints(addresses, Optional.empty());
  }

  @Override
  public void close() throws IOException {
    if (privateSocket.isPresent()) {
      privateSocket.get().close();
    }
  }

  private static SocketAddress unix(String text) throws ConfigException {
    if (text.isEmpty()) {
      throw new ConfigException("--unix needs the path of a socket, or - for a private one");
    }
    int length = Path.of(text).toAbsolutePath().toString().getBytes().length;
    if (length > LONGEST_UNIX_PATH) {
      throw new ConfigException(
          "--unix: the path of a Unix socket has at most "
              + LONGEST_UNIX_PATH
              + " bytes, but '"
              + text
              + "' has "
              + length
              + " when made absolute");
    }
    return UnixDomainSocketAddress.of(Path.of(text).toAbsolutePath());
  }

  private static List<SocketAddress> tcp(CommandLine line, ServerSettings settings)
      throws ConfigException {
    String text = settings.find(Option.PORT).orElse(Integer.toString(DEFAULT_PORT));
    int port = (int) Numbers.parse(Option.PORT, text, 0, LAST_PORT);
    boolean only4 = line.has(Option.IPV4);
    boolean only6 = line.has(Option.IPV6);
    Optional<String> host = settings.find(Option.IP_ADDRESS);
    if (host.isEmpty()) {
      if (!only4 && !only6) {
        return List.of(new InetSocketAddress(port));
      }
      host = Optional.of(only4 ? "0.0.0.0" : "::");
    }
    List<SocketAddress> addresses = new ArrayList<>();
    try {
      for (InetAddress address : InetAddress.getAllByName(host.get())) {
        boolean four = address instanceof Inet4Address;
        if (four ? !only6 : !only4) {
          addresses.add(new InetSocketAddress(address, port));
        }
      }
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "--ipaddr: '" + host.get() + "' is no address and no known host", e);
    }
    if (addresses.isEmpty()) {
      throw new ConfigException(
          "--ipaddr: '" + host.get() + "' has no address of IPv" + (only4 ? 4 : 6));
    }
    return addresses;
  }
}
