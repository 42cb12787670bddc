package org.nbdcore.it;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** BusyBox's web server, which serves the files of a folder. */
final class WebServer implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final Process process;
  private final int port;

  private WebServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static WebServer start(Sandbox box, Path folder) throws Exception {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = freePort();
      Process process = start(box, folder, port);
      if (process != null) {
        return new WebServer(process, port);
      }
    }
    return fail("no web server on a free port");
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** Null if another program was quicker to take the port. */
  private static Process start(Sandbox box, Path folder, int port) throws Exception {
    Process started =
        box.builder(
                Client.BUSYBOX.with(
                    "httpd", "-f", "-p", "127.0.0.1:" + port, "-h", folder.toString()))
            .start();
    long deadline = System.nanoTime() + Programs.TIMEOUT.toNanos();
    while (started.isAlive()) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return started;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          started.destroyForcibly();
          return fail("the web server does not listen");
        }
        TimeUnit.MILLISECONDS.sleep(10); // nothing tells when it listens
      }
    }
    return null;
  }

  String url(String file) {
    return "http://127.0.0.1:" + port + "/" + file;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
