package org.nbdcore.cli;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.nbdcore.protocol.NbdUri;

/**
 * How a client reaches an export, in the forms that clients read.
 *
 * @param address where the server listens
 * @param exportName empty for the default export
 * @param tls what they need to know to encrypt
 */
record Served(SocketAddress address, String exportName, ServedTls tls) {

  /** The URI of the NBD project's doc/uri.md. */
  String uri() {
    NbdUri uri =
        address instanceof InetSocketAddress tcp
            ? NbdUri.tcp(host(tcp), tcp.getPort())
            : NbdUri.unix(unixSocket());
    return tls.in(uri.withExportName(exportName)).toString();
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
}
