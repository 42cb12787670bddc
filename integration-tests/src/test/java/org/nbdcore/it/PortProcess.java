package org.nbdcore.it;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/**
 * A program that listens on a loopback port, which it gets as an argument.
 *
 * @param process has accepted a connection
 */
record PortProcess(Process process, int port) implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  /** Starts the program on a port. */
  interface Starter {
    Process start(int port) throws Exception;
  }

  /**
   * Starts a program on a port that is free, and waits until it listens. Tries again if another
   * program takes the port first.
   *
   * @param what the program, for a failure
   */
  static PortProcess start(String what, Starter starter) throws Exception {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = freePort();
      Process process = starter.start(port);
      if (listens(what, process, port)) {
        return new PortProcess(process, port);
      }
    }
    return fail("no " + what + " on a free port");
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** Waits; false if the program has ended. */
  private static boolean listens(String what, Process process, int port) throws Exception {
    long deadline = System.nanoTime() + Programs.TIMEOUT.toNanos();
    while (process.isAlive()) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return true;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          process.destroyForcibly();
          return fail("the " + what + " does not listen");
        }
        TimeUnit.MILLISECONDS.sleep(10); // no event reports that it listens
      }
    }
    return false;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
