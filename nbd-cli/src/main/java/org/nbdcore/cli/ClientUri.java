package org.nbdcore.cli;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.FileNames;

/**
 * The address of an export, in the formats that clients accept.
 *
 * @param address the address on which the server listens
 * @param exportName empty for the default export
 * @param tls the TLS settings of clients
 */
record ClientUri(SocketAddress address, String exportName, ClientTls tls) {

  /** The URI of the NBD project's doc/uri.md. */
  String uri() {
    if (address instanceof VsockAddress vsock) {
      return vsock(vsock.port());
    }
    NbdUri uri =
        address instanceof InetSocketAddress tcp
            ? NbdUri.tcp(host(tcp), tcp.getPort())
            : NbdUri.unix(unixSocket());
    return tls.in(uri.withExportName(exportName)).toString();
  }

  /** The host in the URI. For vsock it is 1, as in nbdkit. */
  private String vsock(long port) {
    String placeholder = "host:1";
    String text = tls.in(NbdUri.tcp("host", 1).withExportName(exportName)).toString();
    return text.replaceFirst("://", "+vsock://")
        .replaceFirst(placeholder, port == Endpoints.DEFAULT_PORT ? "1" : "1:" + port);
  }

  /** The path of the Unix socket, or empty. */
  String unixSocket() {
    return address instanceof UnixDomainSocketAddress unix
        ? FileNames.text(unix.getPath().toAbsolutePath())
        : "";
  }

  /** The TCP or vsock port, or empty. */
  String port() {
    if (address instanceof VsockAddress vsock) {
      return Long.toString(vsock.port());
    }
    return address instanceof InetSocketAddress tcp ? Integer.toString(tcp.getPort()) : "";
  }

  private static String host(InetSocketAddress tcp) {
    boolean usual = tcp.getAddress().getHostAddress().equals("127.0.0.1");
    return usual || tcp.getAddress().isAnyLocalAddress()
        ? "localhost"
        : tcp.getAddress().getHostAddress();
  }
}
