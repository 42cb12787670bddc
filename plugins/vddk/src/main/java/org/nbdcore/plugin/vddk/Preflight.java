package org.nbdcore.plugin.vddk;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.nbdcore.spi.Log;

/**
 * Tests step by step what VDDK needs from a server, before VDDK connects. For a failing step VDDK
 * reports only "Unknown error", often after minutes. It sends neither user nor password. VDDK
 * itself distinguishes failures of the later steps: login, virtual machine, disk.
 */
final class Preflight {

  private static final int NFC_PORT = 902;
  private static final int MILLIS = 10_000;

  /**
   * Time limit for all steps together, because each address is tried, and a server may reply
   * slowly.
   */
  static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final String OFF =
      " (preflight=false skips this; see \"Preflight\" in docs/vddk.md)";

  private final RemoteLogin login;
  private final Log log;
  private final Duration deadline;

  /** The current step, for the message of a timeout. */
  private volatile String step = "name";

  Preflight(RemoteLogin login, Duration deadline, Log log) {
    this.login = login;
    this.deadline = deadline;
    this.log = log;
  }

  /**
   * Executes all steps.
   *
   * @param transports the transports for VDDK to try, if given
   * @return the login for VDDK, with the thumbprint in VDDK's format
   * @throws IOException naming the failed step and the reason
   */
  RemoteLogin run(Optional<String> transports) throws IOException {
    FutureTask<RemoteLogin> steps = new FutureTask<>(() -> takeSteps(transports));
    Thread thread = new Thread(steps, "vddk-preflight");
    thread.setDaemon(true); // a lookup that never ends must not keep the process alive
    try {
      thread.start();
      return steps.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      String text = login.server() + " took longer than " + deadline.toSeconds() + " seconds";
      throw failure(step, text, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw failure(step, String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(step, "interrupted", e);
    } catch (OutOfMemoryError e) {
      throw failure(step, "the system allows no further thread: " + e.getMessage(), e);
    }
  }

  private RemoteLogin takeSteps(Optional<String> transports) throws IOException {
    InetAddress[] addresses = resolve();
    RemoteLogin forVddk = certificate(addresses);
    // The disks of a vCenter are on its ESXi hosts, whose names only VDDK knows.
    if (isEsxi() && usesNfc(transports)) {
      int port = login.nfcHostPort().orElse(NFC_PORT);
      connect(addresses, port, "ESXi serves disks on this port: open it in the firewall").close();
    }
    log.debug("preflight: all is well with " + login.server());
    return forVddk;
  }

  private InetAddress[] resolve() throws IOException {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(login.server());
      log.debug("preflight: name: " + login.server() + " is " + Arrays.toString(addresses));
      return addresses;
    } catch (UnknownHostException e) {
      throw failure(
          "name", "server=" + login.server() + " is unknown here: check it, DNS and /etc/hosts", e);
    }
  }

  private Socket connect(InetAddress[] addresses, int port, String hint) throws IOException {
    IOException reason = null;
    step = "port " + port;
    for (InetAddress address : addresses) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), MILLIS);
        socket.setSoTimeout(MILLIS);
        log.debug("preflight: port " + port + ": reached at " + address.getHostAddress());
        return socket;
      } catch (IOException e) {
        socket.close();
        reason = e;
      }
    }
    throw failure(
        "port " + port,
        login.server()
            + " cannot be reached there: "
            + (reason == null ? "it has no address" : reason.getMessage())
            + "; "
            + hint,
        reason);
  }

  private RemoteLogin certificate(InetAddress[] addresses) throws IOException {
    String server = login.server() + ":" + login.apiPort();
    X509Certificate certificate;
    try (Socket socket = connect(addresses, login.apiPort(), "check server= and port=")) {
      step = "TLS";
      certificate = ServerCertificate.fetch(socket, login.server());
    } catch (SocketException | SocketTimeoutException | SSLException | EOFException e) {
      throw failure("TLS", server + " does not answer as a TLS server: " + e.getMessage(), e);
    }
    String actual = Thumbprints.of(certificate);
    log.debug("preflight: TLS: " + server + " presents the thumbprint " + actual);
    String expected = login.thumbprint().orElse(null);
    if (expected == null) {
      throw failure("thumbprint", "thumbprint= is missing. " + presents(server, certificate), null);
    } else if (Thumbprints.algorithm(expected) == null) {
      throw failure(
          "thumbprint",
          "thumbprint="
              + expected
              + " is not the SHA-1 form, which is 20 pairs of hexadecimal digits. "
              + presents(server, certificate),
          null);
    } else if (!Thumbprints.isOf(expected, certificate)) {
      throw failure(
          "thumbprint",
          "thumbprint=" + expected + " is not that of the server. " + presents(server, certificate),
          null);
    }
    if (!Thumbprints.wellFormed(expected)) {
      log.warn(
          "thumbprint= is the server's "
              + Thumbprints.algorithm(expected)
              + "; VDDK requires SHA-1, so it gets "
              + actual);
    }
    return login.withThumbprint(actual);
  }

  private String presents(String server, X509Certificate certificate) {
    return server
        + " presents "
        + Thumbprints.of(certificate)
        + ", issued to "
        + certificate.getSubjectX500Principal()
        + " by "
        + certificate.getIssuerX500Principal()
        + ". Compare it on the server itself, and then set thumbprint=. Run there: openssl x509 -in "
        + (isEsxi() ? "/etc/vmware/ssl/rui.crt" : "/etc/vmware-vpx/ssl/rui.crt")
        + " -fingerprint -sha1 -noout";
  }

  /** ESXi numbers its virtual machines; vCenter calls them {@code vm-} and a number. */
  private boolean isEsxi() {
    return login.vm().matches("(moref=)?\\d+");
  }

  private static boolean usesNfc(Optional<String> transports) {
    return transports.isEmpty() || transports.get().contains("nbd");
  }

  private static IOException failure(String step, String text, Throwable cause) {
    return new IOException("preflight: " + step + ": " + text + OFF, cause);
  }
}
