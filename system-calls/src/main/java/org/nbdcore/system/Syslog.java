package org.nbdcore.system;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/**
 * Writes to the system's log with {@code syslog(3)}, because Java has no Unix datagram sockets for
 * {@code /dev/log}.
 */
public final class Syslog {

  /** The functions are variadic, which requires JNA's interface mapping. */
  private interface Calls extends Library {
    void openlog(Pointer ident, int option, int facility);

    void syslog(int priority, String format, Object... arguments);
  }

  private static final int LOG_PID = 1;
  private static final int LOG_DAEMON = 3 << 3;

  private final Calls calls = Native.load("c", Calls.class);

  /** The C library keeps the address, so this memory must stay allocated. */
  private final Memory ident;

  /**
   * Opens the log. A process has only one.
   *
   * @param program the name at the start of each line
   * @throws LinkageError if JNA does not work here
   */
  public Syslog(String program) {
    byte[] name = program.getBytes(StandardCharsets.UTF_8);
    ident = new Memory(name.length + 1L);
    ident.clear();
    ident.write(0, name, 0, name.length);
    calls.openlog(ident, LOG_PID, LOG_DAEMON);
  }

  /**
   * Writes a line with the facility {@code daemon}.
   *
   * @param severity as in syslog(3): 3 for an error, 7 for a debug message
   */
  public void write(int severity, String message) {
    calls.syslog(severity, "%s", message);
  }
}
