package org.nbdcore.cli;

import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;
import org.nbdcore.spi.Log;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.ProcessCalls;
import org.nbdcore.system.SocketCalls;

/**
 * Reports the state of the server to systemd, or to a program with the same protocol
 * (sd_notify(3)). The launcher removes NOTIFY_SOCKET from the environment, so that no child process
 * sends notifications.
 */
final class SystemdNotifier {

  /** The launcher sets this property to the socket's path, or its name after an @. */
  private static final String SOCKET = "nbdcore.notify";

  private static final Log LOG = Log.of("");
  private static final int PATH_OFFSET = 2;
  private static final long MICROS_IN_SECOND = 1_000_000;
  private static final long NANOS_IN_MICRO = 1_000;

  private SystemdNotifier() {}

  /** The server listens. */
  static void ready() {
    send("READY=1\nSTATUS=Serving\nMAINPID=" + ProcessHandle.current().pid());
  }

  /** The server begins to reload its configuration; {@link #reloaded} must follow. */
  static void reloading() {
    if (!System.getProperty(SOCKET, "").isEmpty()) {
      send("RELOADING=1\nSTATUS=Reloading\nMONOTONIC_USEC=" + monotonicMicros());
    }
  }

  /** The reload has ended, well or not. */
  static void reloaded(String status) {
    send("READY=1\nSTATUS=" + status);
  }

  private static long monotonicMicros() {
    long[] time = new long[2]; // seconds and nanoseconds
    try {
      ProcessCalls.clock_gettime(ProcessCalls.CLOCK_MONOTONIC, time);
    } catch (LinkageError e) {
      return System.nanoTime() / NANOS_IN_MICRO; // CLOCK_MONOTONIC in the usual JVMs
    }
    return time[0] * MICROS_IN_SECOND + time[1] / NANOS_IN_MICRO;
  }

  /** The server is stopping. */
  static void stopping() {
    send("STOPPING=1\nSTATUS=Finishing requests");
  }

  /**
   * Sends a message. Ignores failures: without systemd there is no receiver, and a lost message is
   * harmless.
   */
  private static void send(String state) {
    String name = System.getProperty(SOCKET, "");
    if (name.isEmpty()) {
      return;
    }
    try {
      byte[] path = name.getBytes(StandardCharsets.UTF_8);
      try (Memory address = new Memory(PATH_OFFSET + path.length + 1L)) {
        address.clear();
        address.setShort(0, (short) SocketCalls.AF_UNIX);
        address.write(PATH_OFFSET, path, 0, path.length);
        boolean isAbstract = name.startsWith("@");
        if (isAbstract) {
          address.setByte(PATH_OFFSET, (byte) 0);
        }
        int length = PATH_OFFSET + path.length + (isAbstract ? 0 : 1);
        send(state.getBytes(StandardCharsets.UTF_8), address, length);
      }
    } catch (LinkageError e) {
      LOG.warn("cannot notify systemd that the server is ready, because JNA does not load");
    }
  }

  private static void send(byte[] state, Memory address, int length) {
    int kind = SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC;
    int socket = SocketCalls.socket(SocketCalls.AF_UNIX, kind, 0);
    long sent = SocketCalls.sendto(socket, state, state.length, 0, address, length);
    if (sent != state.length) {
      LOG.warn("cannot notify systemd of the server's state: " + ErrorText.last());
    }
    ProcessCalls.close(socket);
  }
}
