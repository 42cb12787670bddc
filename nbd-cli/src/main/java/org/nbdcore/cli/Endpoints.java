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
import org.nbdcore.spi.FileNames;

/**
 * The addresses to listen on, from the command line.
 *
 * @param addresses a Unix socket first
 * @param privateSocket created for {@code -U -} and {@code --run}; removed when this object is
 *     closed
 * @param oneFamily all addresses of IPv4 only or of IPv6 only; by default the JDK binds both
 * @param vsock a port for virtual machines
 */
record Endpoints(
    List<SocketAddress> addresses,
    Optional<PrivateSocket> privateSocket,
    Optional<InetSocketAddress> oneFamily,
    Optional<Integer> vsock)
    implements Closeable {

  static final int DEFAULT_PORT = 10809;
  private static final int LAST_PORT = 65535;

  /** Maximum length of a path for the kernel, including its end. */
  private static final int LONGEST_UNIX_PATH = 107;

  /**
   * Evaluates {@code -U -p -i -4 -6}. Without {@code -U}, the server listens on a TCP port. With
   * {@code --run}, it uses a private socket, unless a port or address is given.
   */
  static Endpoints of(CommandLine line, ServerSettings settings, String program)
      throws ConfigException, IOException {
    check(line);
    if (line.has(CommandLineOption.SINGLE) || InheritedSockets.count() > 0) {
      return at(List.of());
    }
    if (line.has(CommandLineOption.VSOCK)) {
      String port = settings.find(CommandLineOption.PORT).orElse(Integer.toString(DEFAULT_PORT));
      int number = (int) Numbers.parse(CommandLineOption.PORT, port, 0, 0xffff_ffffL);
      return new Endpoints(List.of(), Optional.empty(), Optional.empty(), Optional.of(number));
    }
    List<String> unix = settings.all(CommandLineOption.UNIX);
    boolean tcp =
        settings.find(CommandLineOption.PORT).isPresent()
            || settings.find(CommandLineOption.IP_ADDRESS).isPresent();
    boolean makePrivate =
        unix.isEmpty() ? line.has(CommandLineOption.RUN) && !tcp : unix.contains("-");
    List<SocketAddress> addresses = new ArrayList<>();
    Optional<InetSocketAddress> oneFamily = Optional.empty();
    if (tcp || (unix.isEmpty() && !makePrivate)) {
      oneFamily = oneFamily(line, settings);
      if (oneFamily.isEmpty()) {
        addresses.addAll(tcp(line, settings));
      }
    }
    int first = 0;
    for (String path : unix) {
      if (!path.equals("-")) {
        addresses.add(first++, unix(path));
      }
    }
    if (makePrivate) {
      PrivateSocket socket = PrivateSocket.create(program);
      addresses.add(0, UnixDomainSocketAddress.of(socket.path()));
      return new Endpoints(addresses, Optional.of(socket), oneFamily, Optional.empty());
    }
    return new Endpoints(addresses, Optional.empty(), oneFamily, Optional.empty());
  }

  private static Endpoints at(List<SocketAddress> addresses) {
    return new Endpoints(addresses, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static void check(CommandLine line) throws ConfigException {
    InheritedSockets.check(line);
    for (CommandLineOption elsewhere :
        List.of(
            CommandLineOption.UNIX,
            CommandLineOption.PORT,
            CommandLineOption.IP_ADDRESS,
            CommandLineOption.RUN,
            CommandLineOption.VSOCK)) {
      if (line.has(CommandLineOption.SINGLE) && line.has(elsewhere)) {
        throw new ConfigException("--single and " + elsewhere + " cannot be used together");
      }
    }
    for (CommandLineOption elsewhere :
        List.of(CommandLineOption.UNIX, CommandLineOption.IP_ADDRESS)) {
      if (line.has(CommandLineOption.VSOCK) && line.has(elsewhere)) {
        throw new ConfigException("--vsock and " + elsewhere + " cannot be used together");
      }
    }
  }

  private static int port(ServerSettings settings) throws ConfigException {
    String text = settings.find(CommandLineOption.PORT).orElse(Integer.toString(DEFAULT_PORT));
    return (int) Numbers.parse(CommandLineOption.PORT, text, 0, LAST_PORT);
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
    Path path = FileNames.absolute(text);
    int length = FileNames.encode(FileNames.text(path)).length;
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
    return UnixDomainSocketAddress.of(path);
  }

  /** {@code -4} or {@code -6} without an address, or the address that means all of a family. */
  private static Optional<InetSocketAddress> oneFamily(CommandLine line, ServerSettings settings)
      throws ConfigException {
    String all4 = "0.0.0.0";
    String all6 = "::";
    String usual =
        line.has(CommandLineOption.IPV6) ? all6 : line.has(CommandLineOption.IPV4) ? all4 : "";
    List<String> hosts = settings.all(CommandLineOption.IP_ADDRESS);
    if (hosts.size() > 1) {
      return Optional.empty(); // each address is bound separately
    }
    String host = hosts.isEmpty() ? usual : hosts.get(0);
    boolean excluded =
        line.has(host.equals(all4) ? CommandLineOption.IPV6 : CommandLineOption.IPV4);
    return (host.equals(all4) || host.equals(all6)) && !excluded
        ? Optional.of(new InetSocketAddress(host, port(settings)))
        : Optional.empty();
  }

  private static List<SocketAddress> tcp(CommandLine line, ServerSettings settings)
      throws ConfigException {
    int port = port(settings);
    boolean only4 = line.has(CommandLineOption.IPV4);
    boolean only6 = line.has(CommandLineOption.IPV6);
    List<String> hosts = settings.all(CommandLineOption.IP_ADDRESS);
    if (hosts.isEmpty()) {
      return List.of(new InetSocketAddress(port));
    }
    List<SocketAddress> addresses = new ArrayList<>();
    for (String host : hosts) {
      int before = addresses.size();
      try {
        for (InetAddress address : InetAddress.getAllByName(host)) {
          boolean four = address instanceof Inet4Address;
          if (four ? !only6 : !only4) {
            addresses.add(new InetSocketAddress(address, port));
          }
        }
      } catch (UnknownHostException e) {
        throw new ConfigException(
            "--ipaddr: '" + host + "' is neither an address nor a known host", e);
      }
      if (addresses.size() == before) {
        throw new ConfigException(
            "--ipaddr: '" + host + "' has no address of IPv" + (only4 ? 4 : 6));
      }
    }
    return addresses;
  }
}
