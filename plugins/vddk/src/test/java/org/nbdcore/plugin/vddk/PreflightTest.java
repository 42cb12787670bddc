package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Secret;
import org.nbdcore.testkit.CapturedLog;

/** The steps of the preflight, and how each of them fails. */
class PreflightTest {

  private static final String OFF =
      " (preflight=false skips this; see \"Preflight\" in docs/vddk.md)";
  private static final String ZEROES =
      "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00";

  @TempDir static Path keys;
  private static TlsServer server;

  @TempDir Path folder;
  private ServerSocket nfc;

  @BeforeAll
  static void startAServer() throws Exception {
    server = TlsServer.start(keys);
  }

  @AfterAll
  static void stopTheServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void listenForNfc() throws IOException {
    nfc = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    nfc.close();
  }

  private void run(String name, int port, String thumbprint, String vm, String transports)
      throws IOException {
    RemoteLogin login =
        new RemoteLogin(
            name,
            "root",
            new Secret("p"),
            Optional.empty(),
            Optional.ofNullable(thumbprint),
            vm,
            OptionalInt.of(port),
            OptionalInt.of(nfc.getLocalPort()));
    new Preflight(login, Preflight.DEADLINE, Log.of("vddk")).run(Optional.ofNullable(transports));
  }

  private RemoteLogin login(int port, String thumbprint) {
    return new RemoteLogin(
        "localhost",
        "root",
        new Secret("p"),
        Optional.empty(),
        Optional.of(thumbprint),
        "moref=vm-2",
        OptionalInt.of(port),
        OptionalInt.empty());
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void preflightSucceedsForAWorkingServer() throws Exception {
    CapturedLog log = CapturedLog.start();
    run("localhost", server.port(), server.thumbprint(), "moref=2", null);
    run("127.0.0.1", server.port(), server.thumbprint().toLowerCase(Locale.ROOT), "moref=2", null);
    assertThat(log.withLevels()).contains("DEBUG preflight: all is well with localhost");
  }

  @Test
  void unknownHostNameIsReported() {
    assertThatThrownBy(() -> run("esx.invalid", 443, ZEROES, "moref=2", null))
        .hasMessage(
            "preflight: name: server=esx.invalid is unknown here: check it, DNS and /etc/hosts"
                + OFF);
  }

  @Test
  void closedPortIsReported() throws Exception {
    int port = unusedPort();
    assertThatThrownBy(() -> run("127.0.0.1", port, ZEROES, "moref=2", null))
        .hasMessage(
            "preflight: port "
                + port
                + ": 127.0.0.1 cannot be reached there: Connection refused; check server= and"
                + " port="
                + OFF);
  }

  @Test
  void serverWithoutTlsIsReported() throws Exception {
    Thread answering =
        new Thread(
            () -> {
              try (var client = nfc.accept()) {
                client.getOutputStream().write("220 VMware Authentication Daemon\r\n".getBytes());
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    answering.start();
    assertThatThrownBy(() -> run("127.0.0.1", nfc.getLocalPort(), ZEROES, "moref=2", null))
        .hasMessageStartingWith(
            "preflight: TLS: 127.0.0.1:" + nfc.getLocalPort() + " does not answer as a TLS server")
        .hasMessageEndingWith(OFF);
    answering.join();
  }

  @Test
  void wrongThumbprintIsReportedWithTheServersThumbprint() {
    assertThatThrownBy(() -> run("localhost", server.port(), ZEROES, "moref=2", null))
        .hasMessage(
            "preflight: thumbprint: thumbprint="
                + ZEROES
                + " is not that of the server. localhost:"
                + server.port()
                + " presents "
                + server.thumbprint()
                + ", issued to CN=esx.example by CN=esx.example. Compare it on the server itself, and"
                + " then set thumbprint=. Run there: openssl x509 -in"
                + " /etc/vmware/ssl/rui.crt -fingerprint -sha1 -noout"
                + OFF);
  }

  @ParameterizedTest
  @CsvSource({"SHA-1, true", "SHA-1, false", "SHA-256, true", "SHA-256, false"})
  void thumbprintIsAcceptedInEachFormat(String hash, boolean colons) throws Exception {
    HexFormat form = colons ? HexFormat.ofDelimiter(":").withUpperCase() : HexFormat.of();
    String thumbprint =
        form.formatHex(MessageDigest.getInstance(hash).digest(server.certificate().getEncoded()));
    CapturedLog log = CapturedLog.start();
    RemoteLogin forVddk =
        new Preflight(login(server.port(), thumbprint), Preflight.DEADLINE, Log.of("vddk"))
            .run(Optional.empty());
    assertThat(forVddk.thumbprint()).contains(server.thumbprint());
    assertThat(log.withLevels().stream().filter(line -> line.startsWith("WARN ")))
        .hasSize(hash.equals("SHA-1") && colons ? 0 : 1);
  }

  @Test
  void wrongSha256ThumbprintIsRefused() {
    assertThatThrownBy(() -> run("localhost", server.port(), "ab".repeat(32), "moref=vm-2", null))
        .hasMessageContaining("thumbprint=" + "ab".repeat(32) + " is not that of the server");
  }

  @Test
  void malformedThumbprintIsReported() {
    assertThatThrownBy(() -> run("localhost", server.port(), "12", "moref=vm-2", null))
        .hasMessageStartingWith(
            "preflight: thumbprint: thumbprint=12 is not the SHA-1 form, which is 20 pairs of"
                + " hexadecimal digits. localhost:")
        .hasMessageContaining(" presents " + server.thumbprint());
  }

  /** The server accepts the connection and never answers; the deadline is short. */
  @Test
  void allStepsTogetherHaveADeadline() {
    Preflight preflight =
        new Preflight(login(nfc.getLocalPort(), ZEROES), Duration.ofMillis(200), Log.of("vddk"));
    assertThatThrownBy(() -> preflight.run(Optional.empty()))
        .hasMessageStartingWith("preflight: TLS: localhost took longer than ")
        .hasMessageEndingWith(OFF);
  }

  @Test
  void aMissingThumbprintFailsAndSaysHowToVerifyTheServers() {
    assertThatThrownBy(() -> run("localhost", server.port(), null, "moref=vm-16", null))
        .hasMessageStartingWith("preflight: thumbprint: thumbprint= is missing. localhost:")
        .hasMessageContaining(" presents " + server.thumbprint() + ", ")
        .hasMessageContaining("openssl x509 -in /etc/vmware-vpx/ssl/rui.crt -fingerprint -sha1");
  }

  @Test
  void closedNfcPortIsReportedOnlyIfItIsNeeded() throws Exception {
    int port = nfc.getLocalPort();
    nfc.close();
    assertThatThrownBy(() -> run("127.0.0.1", server.port(), server.thumbprint(), "moref=2", null))
        .hasMessageStartingWith(
            "preflight: port " + port + ": 127.0.0.1 cannot be reached there: Connection refused");
    run("127.0.0.1", server.port(), server.thumbprint(), "moref=2", "hotadd:san");
    run("127.0.0.1", server.port(), server.thumbprint(), "moref=vm-2", null);
  }

  @Test
  void aFailingPreflightKeepsVddkFromLoggingIn() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    assertThatThrownBy(
            () ->
                VddkSession.start(
                        fake,
                        "file=[ds] disk.vmdk",
                        "server=localhost",
                        "port=" + server.port(),
                        "nfchostport=" + nfc.getLocalPort(),
                        "user=root",
                        "password=p",
                        "vm=moref=2",
                        "preflight=true",
                        "thumbprint=" + ZEROES)
                    .close())
        .hasMessageStartingWith("preflight: thumbprint: ");
    assertThat(fake.calls("ConnectEx")).isEmpty();
  }
}
