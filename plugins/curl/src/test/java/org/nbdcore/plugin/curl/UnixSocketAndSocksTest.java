package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections to the server through a Unix socket and a SOCKS proxy. */
@Timeout(60)
final class UnixSocketAndSocksTest {

  @TempDir private Path folder;

  @Test
  void requestsGoThroughTheUnixSocket() throws Exception {
    Path path = folder.resolve("s");
    Thread server;
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      server = new Thread(() -> serve(listener));
      server.start();
      try (StartedDisk disk =
          new StartedDisk("url=http://disks.invalid/disk", "unix-socket-path=" + path)) {
        assertThat(disk.read(3, 4)).asString(StandardCharsets.US_ASCII).isEqualTo("part");
      }
    }
    server.join();
  }

  /** One answer a connection: to HEAD the length, to GET four bytes from 3. */
  private static void serve(ServerSocketChannel listener) {
    try {
      while (true) {
        try (SocketChannel client = listener.accept()) {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(
                      Channels.newInputStream(client), StandardCharsets.US_ASCII));
          boolean head = in.readLine().startsWith("HEAD");
          while (!in.readLine().isEmpty()) {}
          String answer =
              head
                  ? "200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: 10\r\n"
                  : "206 Part\r\nContent-Range: bytes 3-6/10\r\nContent-Length: 4\r\n";
          String all = "HTTP/1.1 " + answer + "Connection: close\r\n\r\n" + (head ? "" : "part");
          client.write(ByteBuffer.wrap(all.getBytes(StandardCharsets.US_ASCII)));
        }
      }
    } catch (IOException e) {
      // the test has ended
    }
  }

  @Test
  void requestsGoThroughTheSocksProxy() throws Exception {
    try (WebServer server = new WebServer();
        SocksServer socks = new SocksServer(server.port());
        StartedDisk disk =
            new StartedDisk(
                "url=http://127.0.0.2/disk", "proxy=socks5://localhost:" + socks.port())) {
      assertThat(disk.read(0, 1)).containsExactly(server.disk[0]);
      assertThat(socks.connections).isPositive();
    }
  }
}
