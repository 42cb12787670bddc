package org.nbdcore.plugin.curl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A web server that sends fixed bytes: a beginning, then the rest again and again, for any path.
 */
final class RawServer implements AutoCloseable {

  /** The server stops after this. A client that has read as much has no limit. */
  static final long MOST = 48 << 20;

  /** The response to a method. */
  record Answer(String beginning, String rest) {}

  final AtomicLong sent = new AtomicLong();
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Answer head;
  private final Answer get;

  RawServer(Answer head, Answer get) throws IOException {
    this.head = head;
    this.get = get;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String url() {
    return "http://localhost:" + listener.getLocalPort() + "/disk";
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      OutputStream out = socket.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Answer answer = line.startsWith("HEAD") ? head : get;
        while (line != null && !line.isEmpty()) {
          line = in.readLine();
        }
        out.write(bytes(answer.beginning));
        byte[] rest = bytes(answer.rest.repeat(1 << 12));
        while (rest.length > 0 && sent.addAndGet(rest.length) <= MOST) {
          out.write(rest);
        }
      }
    } catch (IOException e) {
      // the client has closed the connection
    }
  }

  private static byte[] bytes(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
