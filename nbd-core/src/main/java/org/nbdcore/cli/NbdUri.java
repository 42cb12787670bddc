package org.nbdcore.cli;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * How a client reaches an export, in the forms that clients read.
 *
 * @param address where the server listens
 * @param exportName empty for the default export
 */
record NbdUri(SocketAddress address, String exportName) {

  private static final int DEFAULT_PORT = 10809;

  /** The URI of the NBD project's doc/uri.md. */
  String uri() {
    if (address instanceof UnixDomainSocketAddress unix) {
      String path = encode(unix.getPath().toAbsolutePath().toString());
      return "nbd+unix:///" + encode(exportName) + "?socket=" + path;
    }
    InetSocketAddress tcp = (InetSocketAddress) address;
    String port = tcp.getPort() == DEFAULT_PORT ? "" : ":" + tcp.getPort();
    String host = host(tcp);
    return "nbd://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + port
        + (exportName.isEmpty() ? "" : "/" + encode(exportName));
  }

  /** QEMU's older form, which {@code $nbd} has. */
  String qemu() {
    String where;
    if (address instanceof UnixDomainSocketAddress unix) {
      where = "unix:" + unix.getPath().toAbsolutePath();
    } else {
      InetSocketAddress tcp = (InetSocketAddress) address;
      String host = host(tcp);
      where = (host.contains(":") ? "[" + host + "]" : host) + ":" + tcp.getPort();
    }
    return "nbd:" + where + (exportName.isEmpty() ? "" : ":exportname=" + exportName);
  }

  /** The path of the Unix socket, or empty. */
  String unixSocket() {
    return address instanceof UnixDomainSocketAddress unix
        ? unix.getPath().toAbsolutePath().toString()
        : "";
  }

  /** The TCP port, or empty. */
  String port() {
    return address instanceof InetSocketAddress tcp ? Integer.toString(tcp.getPort()) : "";
  }

  private static String host(InetSocketAddress tcp) {
    return tcp.getAddress().isAnyLocalAddress() ? "localhost" : tcp.getAddress().getHostAddress();
  }

  /** Percent-encodes all but unreserved characters and slashes. */
  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "0123456789-._~/".indexOf(c) >= 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append(String.format("%%%02X", (int) c));
      }
    }
    return encoded.toString();
  }
}
