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
 * @param ipv6Only an address that IPv4 clients must not reach, which the JDK cannot bind by itself
 * @param vsock a port for virtual machines
 */
record Endpoints(
    List<SocketAddress> addresses,
    Optional<PrivateSocket> privateSocket,
    Optional<InetSocketAddress> ipv6Only,
    Optional<Integer> vsock)
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
    check(line);
    if (line.has(Option.SINGLE) || InheritedSockets.count() > 0) {
      return at(List.of());
    }
    if (line.has(Option.VSOCK)) {
      String port = settings.find(Option.PORT).orElse(Integer.toString(DEFAULT_PORT));
      int number = (int) Numbers.parse(Option.PORT, port, 0, 0xffff_ffffL);
      return new Endpoints(List.of(), Optional.empty(), Optional.empty(), Optional.of(number));
    }
    Optional<String> unix = settings.find(Option.UNIX);
    boolean tcp =
        settings.find(Option.PORT).isPresent() || settings.find(Option.IP_ADDRESS).isPresent();
    boolean makePrivate = unix.isPresent() ? unix.get().equals("-") : line.has(Option.RUN) && !tcp;
    List<SocketAddress> addresses = new ArrayList<>();
    Optional<InetSocketAddress> ipv6Only = Optional.empty();
    if (tcp || (unix.isEmpty() && !makePrivate)) {
      if (line.has(Option.IPV6) && settings.find(Option.IP_ADDRESS).isEmpty()) {
        ipv6Only = Optional.of(new InetSocketAddress("::", port(settings)));
      } else {
        addresses.addAll(tcp(line, settings));
      }
    }
    if (makePrivate) {
      PrivateSocket socket = PrivateSocket.create(program);
      addresses.add(0, UnixDomainSocketAddress.of(socket.path()));
      return new Endpoints(addresses, Optional.of(socket), ipv6Only, Optional.empty());
    }
    if (unix.isPresent()) {
      addresses.add(0, unix(unix.get()));
    }
    return new Endpoints(addresses, Optional.empty(), ipv6Only, Optional.empty());
  }

  private static Endpoints at(List<SocketAddress> addresses) {
    return new Endpoints(addresses, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static void check(CommandLine line) throws ConfigException {
    InheritedSockets.check(line);
    for (Option elsewhere :
        List.of(Option.UNIX, Option.PORT, Option.IP_ADDRESS, Option.RUN, Option.VSOCK)) {
      if (line.has(Option.SINGLE) && line.has(elsewhere)) {
        throw new ConfigException("--single and " + elsewhere + " cannot be used together");
      }
    }
    for (Option elsewhere : List.of(Option.UNIX, Option.IP_ADDRESS, Option.RUN)) {
      if (line.has(Option.VSOCK) && line.has(elsewhere)) {
        throw new ConfigException("--vsock and " + elsewhere + " cannot be used together");
      }
    }
  }

  private static int port(ServerSettings settings) throws ConfigException {
    String text = settings.find(Option.PORT).orElse(Integer.toString(DEFAULT_PORT));
    return (int) Numbers.parse(Option.PORT, text, 0, LAST_PORT);
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
    int port = port(settings);
    boolean only4 = line.has(Option.IPV4);
    boolean only6 = line.has(Option.IPV6);
    Optional<String> host = settings.find(Option.IP_ADDRESS);
    if (host.isEmpty()) {
      if (!only4) {
        return List.of(new InetSocketAddress(port));
      }
      host = Optional.of("0.0.0.0");
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
