package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientUriTest {

  private static final ClientTls SECURE = new ClientTls(2, Optional.empty(), Optional.empty());

  private static InetSocketAddress tcp(String address, int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(address), port);
  }

  @Test
  void theUriOfATcpAddressHasItsPort() throws UnknownHostException {
    assertThat(new ClientUri(tcp("127.0.0.1", 10809), "", ClientTls.NONE).uri())
        .isEqualTo("nbd://localhost:10809");
    assertThat(new ClientUri(tcp("127.0.0.1", 7), "a b", ClientTls.NONE).uri())
        .isEqualTo("nbd://localhost:7/a%20b");
    assertThat(new ClientUri(tcp("127.0.0.1", 7), "", SECURE).uri())
        .isEqualTo("nbds://localhost:7");
    assertThat(new ClientUri(tcp("::1", 7), "", ClientTls.NONE).uri())
        .isEqualTo("nbd://[0:0:0:0:0:0:0:1]:7");
    assertThat(new ClientUri(tcp("127.0.0.2", 7), "", ClientTls.NONE).uri())
        .isEqualTo("nbd://127.0.0.2:7");
  }

  @Test
  void theUriOfTheWildcardAddressIsThatOfLocalhost() throws UnknownHostException {
    assertThat(new ClientUri(tcp("::", 7), "", ClientTls.NONE).uri())
        .isEqualTo("nbd://localhost:7");
  }

  @Test
  void theUriOfAVsockPortHasTheCidOfThisMachine() {
    assertThat(new ClientUri(new VsockAddress(10809), "", ClientTls.NONE).uri())
        .isEqualTo("nbd+vsock://1");
    ClientUri other = new ClientUri(new VsockAddress(-2), "a b", SECURE);
    assertThat(other.uri()).isEqualTo("nbds+vsock://1:4294967294/a%20b");
    assertThat(other.port()).isEqualTo("4294967294");
    assertThat(other.unixSocket()).isEmpty();
  }

  @Test
  void theUriOfAUnixSocketHasAParameterSocket() {
    ClientUri uri = new ClientUri(UnixDomainSocketAddress.of("/t/a&b ü"), "n?#", ClientTls.NONE);
    assertThat(uri.uri()).isEqualTo("nbd+unix:///n%3F%23?socket=/t/a%26b%20%C3%BC");
    assertThat(new ClientUri(UnixDomainSocketAddress.of("/t/a"), "", ClientTls.NONE).uri())
        .isEqualTo("nbd+unix://?socket=/t/a");
    assertThat(uri.unixSocket()).isEqualTo("/t/a&b ü");
    assertThat(uri.port()).isEmpty();
  }
}
