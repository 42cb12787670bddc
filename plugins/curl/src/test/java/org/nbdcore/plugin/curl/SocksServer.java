package org.nbdcore.plugin.curl;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * SOCKS 5 as far as a client without a password needs it (RFC 1928). It connects every client to
 * one port.
 */
final class SocksServer implements AutoCloseable {

  private final ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int target;
  volatile int connections;

  SocksServer(int target) throws IOException {
    this.target = target;
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        connections++;
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      in.readByte();
      in.readFully(new byte[in.readByte()]);
      out.write(new byte[] {5, 0});
      in.readFully(new byte[3]);
      int length =
          switch (in.readByte()) {
            case 1 -> 4;
            case 3 -> in.readByte();
            default -> 16;
          };
      in.readFully(new byte[length + 2]);
      out.write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 0});
      threads.execute(() -> copy(in, server));
      server.getInputStream().transferTo(out);
    } catch (IOException e) {
      // one of them has disconnected
    }
  }

  private static void copy(InputStream in, Socket to) {
    try {
      in.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // one of them has disconnected
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
