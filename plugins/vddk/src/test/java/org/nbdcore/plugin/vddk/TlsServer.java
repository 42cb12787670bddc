package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A TLS server on loopback with a certificate of its own. It sends nothing after the handshake. */
final class TlsServer implements AutoCloseable {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final ServerSocket socket;
  private final Certificate certificate;

  private TlsServer(ServerSocket socket, Certificate certificate) {
    this.socket = socket;
    this.certificate = certificate;
  }

  static TlsServer start(Path folder) throws Exception {
    Path store = folder.resolve("server.p12");
    if (!Files.exists(store)) {
      makeKey(store);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    TlsServer server =
        new TlsServer(
            context
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress()),
            keys.getCertificate("esx"));
    Thread thread = new Thread(server::serve, "tls-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private static void makeKey(Path store) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "esx",
                "-keyalg",
                "EC",
                "-dname",
                "CN=esx.example",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + output);
    }
  }

  private void serve() {
    while (true) {
      try (Socket client = socket.accept()) {
        ((SSLSocket) client).startHandshake();
        client.getInputStream().read();
      } catch (IOException e) {
        if (socket.isClosed()) {
          return;
        }
      }
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  Certificate certificate() {
    return certificate;
  }

  String thumbprint() {
    return Thumbprints.of(certificate);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
