package org.nbdcore.plugin.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Images of a registry. */
@Timeout(60)
final class RegistryTest {

  private static final byte[] FIRST = TestImage.bytes(1, 300_001);
  private static final byte[] SECOND = TestImage.bytes(2, 5000);
  private static final String BEARER =
      "Bearer realm=\"http://localhost:PORT/token\",service=\"the registry\","
          + "scope=\"repository:disks/demo:pull\"";

  private TestImage image;
  private TestRegistry registry;
  private String manifest;

  @BeforeEach
  void serve() throws IOException {
    image = new TestImage();
    image.layer(FIRST).layer(TestImage.GZIP, TestImage.gzip(SECOND), SECOND);
    manifest = image.manifest();
    registry = new TestRegistry(image);
    registry.tags.put("latest", manifest);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private byte[] pull(String name, String... more) throws Exception {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "name=" + registry.name() + name;
    arguments[1] = "plain-http=true";
    System.arraycopy(more, 0, arguments, 2, more.length);
    return StartedDisk.contents(arguments);
  }

  @Test
  void aLayerIsServedUncompressed() throws Exception {
    assertThat(pull("")).isEqualTo(FIRST);
    assertThat(pull("", "layer=1")).isEqualTo(SECOND);
    assertThat(pull("@" + manifest)).isEqualTo(FIRST);
    assertThat(registry.lines()).contains("GET /v2/disks/demo/manifests/latest");
    assertThatThrownBy(() -> pull("", "layer=2"))
        .hasMessage("layer=2: " + registry.name() + ":latest has 2 layers, from 0");
  }

  @Test
  void theImageForThePlatformIsChosen() throws Exception {
    byte[] other = TestImage.bytes(3, 700);
    String arm = image.layer(other).manifest();
    Map<String, String> manifests = new LinkedHashMap<>();
    manifests.put(arm, TestImage.platform("linux", "arm64", "v8"));
    manifests.put(manifest, TestImage.platform("linux", "s390x", ""));
    registry.tags.put("multi", image.index(manifests));
    assertThat(pull(":multi", "platform=linux/arm64")).isEqualTo(other);
    assertThat(pull(":multi", "platform=linux/arm64/v8")).isEqualTo(other);
    assertThat(pull(":multi", "platform=linux/s390x")).isEqualTo(FIRST);
    assertThatThrownBy(() -> pull(":multi", "platform=linux/arm64/v7"))
        .hasMessageContaining("has no image for platform=linux/arm64/v7")
        .hasMessageContaining("only for: linux/arm64/v8, linux/s390x");
  }

  @Test
  void anonymousTokenIsRequestedWithoutCredentials() throws Exception {
    registry.challenge = BEARER;
    registry.user = "";
    assertThat(pull("")).isEqualTo(FIRST);
    assertThat(registry.requestsTo("/token"))
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.line())
                  .endsWith("?service=the+registry&scope=repository%3Adisks%2Fdemo%3Apull");
              assertThat(request.header("Authorization")).isNull();
            });
  }

  /**
   * A client does not send a fragment, so a query after the fragment would not reach the server.
   */
  @Test
  void theFragmentOfTheTokenServersAddressIsNotSent() throws Exception {
    registry.user = "";
    for (String realm : new String[] {"/token#here", "/token?a=b#here"}) {
      registry.seen.clear();
      registry.challenge = BEARER.replace("/token", realm);
      assertThat(pull("")).isEqualTo(FIRST);
      assertThat(registry.requestsTo("/token"))
          .singleElement()
          .satisfies(
              request ->
                  assertThat(request.line())
                      .matches("GET /token\\?(a=b&)?service=the\\+registry&scope=.*pull"));
    }
  }

  @Test
  void tokenIsRequestedWithTheUsersCredentials() throws Exception {
    registry.challenge = BEARER;
    assertThat(pull("", "user=me", "password=hush")).isEqualTo(FIRST);
    assertThatThrownBy(() -> pull("", "user=me", "password=wrong-one"))
        .hasMessageContaining("token for " + registry.name() + ":latest from http://localhost:")
        .hasMessageContaining("answered 401")
        .hasMessageNotContaining("wrong-one")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
  }

  @Test
  void tokenServerWithAnInvalidUrlIsRefused() {
    for (String realm :
        new String[] {"file:///token", "http:///token", "http://localhost:99999/"}) {
      registry.challenge = "Bearer realm=\"" + realm + '"';
      assertThatThrownBy(() -> pull(""))
          .hasMessageContaining("must name its server of tokens by http")
          .hasMessageContaining(realm);
    }
  }

  @Test
  void aPasswordIsSentIfTheRegistryAsksForIt() throws Exception {
    registry.challenge = "Basic realm=\"registry\"";
    assertThat(pull("", "user=me", "password=hush")).isEqualTo(FIRST);
    assertThat(registry.seen.get(0).header("Authorization")).isNull();
    assertThatThrownBy(() -> pull(""))
        .hasMessageContaining(":latest (no credentials found): the registry answered 401");
  }

  @Test
  void storageThatARegistryRedirectsToGetsNoCredentials() throws Exception {
    registry.challenge = "Basic realm=\"registry\"";
    registry.redirect = registry.storage();
    assertThat(pull("", "user=me", "password=hush")).isEqualTo(FIRST);
    assertThat(registry.requestsTo("/storage/"))
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.header("Authorization")).isNull());
    assertThat(registry.requestsTo("/blobs/"))
        .allSatisfy(request -> assertThat(request.header("Authorization")).isNotNull());
  }

  /** A retry would fail in the same way. */
  @Test
  void redirectToAUrlWithAUserNameIsRefusedWithoutRetry() {
    registry.redirect = registry.storage().replace("//", "//me:hush@");
    assertThatThrownBy(() -> pull(""))
        .hasMessageContaining("redirects to http://...@127.0.0.1:" + registry.port())
        .hasMessageContaining("which is not allowed")
        .hasMessageNotContaining("hush");
    assertThat(registry.requestsTo("/blobs/")).hasSize(1);
    assertThat(StartedDisk.PAUSES).isEmpty();
  }

  /** A redirect may lead to any server, and that server could ask for the password itself. */
  @Test
  void redirectTargetThatAsksForCredentialsGetsNone() throws Exception {
    try (TestRegistry storage = new TestRegistry(image)) {
      storage.challenge = BEARER;
      registry.redirect = "http://localhost:" + storage.port() + "/v2/disks/demo/blobs/";
      assertThatThrownBy(() -> pull("", "user=me", "password=hush"))
          .hasMessageContaining("answered 401");
      assertThat(storage.lines()).hasSize(1).allMatch(line -> line.contains("/blobs/"));
      assertThat(storage.seen.get(0).header("Authorization")).isNull();
    }
  }

  @Test
  void errorShowsTheRegistrysMessage() {
    assertThatThrownBy(() -> pull(":none"))
        .hasMessage(
            registry.name() + ":none: the registry answered 404 Not Found: NAME_UNKNOWN, gone");
    registry.errorBody = "<html>";
    assertThatThrownBy(() -> pull(":none")).hasMessageEndingWith("answered 404 Not Found");
  }

  @Test
  void transientFailuresAreRetriedAfterTheRequestedPause() throws Exception {
    registry.failures.add(429);
    registry.failures.add(503);
    assertThat(pull("")).isEqualTo(FIRST);
    assertThat(StartedDisk.PAUSES).containsExactly(7L, 7L);
    for (int i = 0; i < 4; i++) {
      registry.failures.add(500);
    }
    assertThatThrownBy(() -> pull("")).hasMessageContaining("answered 500");
    assertThat(registry.failures).isEmpty();
  }

  @Test
  void registryWithoutTlsRequiresPlainHttp() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> refuseTls(plain));
      thread.start();
      int port = plain.getLocalPort();
      assertThatThrownBy(() -> StartedDisk.contents("name=localhost:" + port + "/demo"))
          .hasMessageContaining("https://localhost:" + port + "/v2/demo/manifests/latest: ")
          .hasMessageEndingWith("plain-http=true is for a registry without TLS");
      thread.join();
    }
  }

  /** Answers TLS with plain HTTP, as registries written in Go do. */
  private static void refuseTls(ServerSocket plain) {
    try (Socket socket = plain.accept()) {
      socket.getInputStream().read();
      socket
          .getOutputStream()
          .write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
