package org.nbdcore.filter.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.TestSession;

final class IpFilterTest {

  private static final String CLIENT = "CN=client.example.com,O=BigCo,C=US";

  private final ModelDisk disk = new ModelDisk(512);

  private static Filter filter(String... pairs) {
    return Chains.filter(new IpFilterProvider(), pairs);
  }

  private static Session from(String address) throws IOException {
    return new TestSession().withPeer(new InetSocketAddress(InetAddress.getByName(address), 1234));
  }

  /** Returns whether the filter lets a client connect. */
  private boolean isAllowed(Filter filter, Session session) throws IOException {
    try {
      filter.preconnect(session, disk);
      return true;
    } catch (NbdException e) {
      assertThat(e).hasMessageContaining("client " + session.number());
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 127.0.0.2",
    "10.0.0.0/8, 10.255.3.4, 11.0.0.1",
    "192.168.4.0/22, 192.168.7.255, 192.168.8.0",
    "0.0.0.0/0, 8.8.8.8, ::1",
    "::1, ::1, ::2",
    "2001:db8::/33, 2001:db8:7fff::1, 2001:db8:8000::1",
    "allipv4, 1.2.3.4, ::1",
    "anyipv6, ::1, 1.2.3.4",
    "loopback, 127.0.0.1, 1.2.3.4",
    "loopback, ::1, ::2",
    "loopbackipv4, 127.0.0.2, ::1",
    "loopbackv4, 127.0.0.1, 1.2.3.4",
    "loopback4, 127.0.0.1, ::1",
    "loopbackipv6, ::1, 127.0.0.1",
    "loopbackv6, ::1, ::2",
    "loopback6, ::1, 127.0.0.1",
  })
  void ruleMatchesOnlyItsAddresses(String rule, String inside, String outside) throws IOException {
    Filter denies = filter("deny=" + rule);
    assertThat(isAllowed(denies, from(inside))).as("denied " + inside).isFalse();
    assertThat(isAllowed(denies, from(outside))).as("not denied " + outside).isTrue();
    Filter allows = filter("allow=" + rule, "deny=all");
    assertThat(isAllowed(allows, from(inside))).as("allowed " + inside).isTrue();
    assertThat(isAllowed(allows, from(outside))).as("not allowed " + outside).isFalse();
  }

  @Test
  void allowHasPrecedenceAndListsAreCombined() throws IOException {
    Filter filter = filter("deny=any", "allow=10.0.0.1,10.0.0.2", "allow=10.0.0.3");
    for (String address : List.of("10.0.0.1", "10.0.0.2", "10.0.0.3")) {
      assertThat(isAllowed(filter, from(address))).as(address).isTrue();
    }
    assertThat(isAllowed(filter, from("10.0.0.4"))).isFalse();
  }

  @Test
  void withoutRulesAllClientsAreAllowed() throws IOException {
    assertThat(isAllowed(filter(), new TestSession())).isTrue();
  }

  @Test
  void clientOfUnknownAddressTypeIsRefusedUnlessAllAreAllowed() throws IOException {
    assertThat(isAllowed(filter("deny=10.0.0.1"), new TestSession())).isFalse();
    assertThat(isAllowed(filter("allow=all"), new TestSession())).isTrue();
  }

  @Test
  void unixSocketsMatchOnlyTheirOwnRules() throws IOException {
    Session unix = new Local(1, 2, 3);
    assertThat(isAllowed(filter("deny=anyunix"), unix)).isFalse();
    assertThat(isAllowed(filter("deny=allipv4,allipv6,allvsock,vsock-cid:3"), unix)).isTrue();
    assertThat(isAllowed(filter("deny=allunix"), from("::1"))).isTrue();
  }

  @Test
  void unixClientsMatchByPidUidAndGid() throws IOException {
    Session client = new Local(100, 1000, 50);
    for (String rule : List.of("pid:100", "uid:1000", "gid:50")) {
      assertThat(isAllowed(filter("allow=" + rule, "deny=all"), client)).as(rule).isTrue();
    }
    for (String rule : List.of("pid:1000", "uid:50", "gid:100")) {
      assertThat(isAllowed(filter("allow=" + rule, "deny=all"), client)).as(rule).isFalse();
    }
    assertThat(isAllowed(filter("deny=uid:1000"), from("::1"))).as("by TCP").isTrue();
  }

  @Test
  void unixClientWithoutCredentialsIsRefused() {
    TestSession unknown = new TestSession().withPeer(UnixDomainSocketAddress.of(""));
    assertThatThrownBy(() -> filter("deny=uid:7").preconnect(unknown, disk))
        .isInstanceOf(NbdException.class)
        .hasMessage("the uid of the client is unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dn:*,O=BigCo,*",
        "dn:CN=client.example.com,O=BigCo,C=US",
        "dn:CN=?lient.*",
        "dn:CN=[a-d]lient.*",
        "dn:CN=[!x]lient.*",
        "issuer-dn:CN=BigCo",
      })
  void wildcardMustMatchTheWholeDistinguishedName(String rule) throws IOException {
    Filter filter = filter("allow=" + rule, "deny=all");
    filter.preconnect(new Certified(CLIENT, "CN=BigCo"), disk);
    assertThat(canOpen(filter, new Certified(CLIENT, "CN=BigCo"))).isTrue();
    assertThat(canOpen(filter, new Certified("CN=other,O=SmallCo,C=US", "CN=Other"))).isFalse();
    assertThat(canOpen(filter, from("::1"))).as("without a certificate").isFalse();
  }

  @Test
  void certificateRulesDeferTheDecisionToOpenAndList() throws IOException {
    Filter filter = filter("allow=dn:*", "deny=10.0.0.1");
    Session denied = from("10.0.0.1");
    filter.preconnect(denied, disk);
    assertThat(canOpen(filter, denied)).isFalse();
    OpenRequest request = OpenRequest.of("", denied);
    assertThatThrownBy(() -> filter.listExports(request, disk)).isInstanceOf(NbdException.class);
    filter.open(OpenRequest.detached("", true), disk).close();
  }

  private boolean canOpen(Filter filter, Session session) throws IOException {
    try {
      filter.open(OpenRequest.of("", session).withTls(true), disk).close();
      return true;
    } catch (NbdException e) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.0/33 | allow the network 10.0.0.0/33 must end with /0 to /32, not '/33'",
        "::1/129 | allow the network ::1/129 must end with /0 to /128, not '/129'",
        "10.0.0.300 | allow '10.0.0.300' is not an IP address or network",
        "uid:root | allow must have a number after uid:, not 'root'",
        "security:x | allow cannot be security:x: the security labels of clients are not known"
            + " here",
        "localhost | allow must list all, allipv4, allipv6, allunix, IP addresses, networks such as"
            + " 10.0.0.0/8, pid:N, uid:N, gid:N, dn:WILDCARD or issuer-dn:WILDCARD, not"
            + " 'localhost'",
      })
  void invalidRulesAreRefused(String rule, String message) {
    assertThatThrownBy(() -> Chains.configure(new IpFilterProvider(), "allow=" + rule))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void debugFlagLogsTheDecidingRule() throws IOException {
    try (CapturedLog log = CapturedLog.start()) {
      isAllowed(filter("!rules=1", "deny=10.0.0.0/8"), from("10.1.1.1"));
      assertThat(log.withNames()).singleElement().asString().contains("deny=10.0.0.0/8");
      isAllowed(filter("deny=10.0.0.0/8"), from("10.1.1.1"));
      assertThat(log.withNames()).hasSize(1);
    }
  }

  /** A client on a Unix socket. */
  private record Local(int pid, int uid, int gid) implements FakeSession {
    @Override
    public Optional<SocketAddress> peer() {
      return Optional.of(UnixDomainSocketAddress.of(""));
    }

    @Override
    public OptionalInt peerPid() {
      return OptionalInt.of(pid);
    }

    @Override
    public OptionalInt peerUid() {
      return OptionalInt.of(uid);
    }

    @Override
    public OptionalInt peerGid() {
      return OptionalInt.of(gid);
    }
  }

  /** A client with a certificate. */
  private record Certified(String name, String issuer) implements FakeSession {
    @Override
    public Optional<SocketAddress> peer() {
      return Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    }

    @Override
    public Optional<Principal> tlsPrincipal() {
      return Optional.of(new X500Principal(name));
    }

    @Override
    public Optional<X500Principal> tlsIssuer() {
      return Optional.of(new X500Principal(issuer));
    }
  }

  /** The properties of a client that no rule uses. */
  private interface FakeSession extends Session {
    @Override
    default long number() {
      return 5;
    }

    @Override
    default boolean connected() {
      return true;
    }

    @Override
    default void sleep(long nanos) {}

    @Override
    default void disconnect(boolean force) {}

    @Override
    default void shutdownServer() {}
  }
}
