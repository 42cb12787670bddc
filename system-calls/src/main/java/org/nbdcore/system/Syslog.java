package org.nbdcore.system;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/** The system's log, by {@code syslog(3)}; Java has no datagram sockets for {@code /dev/log}. */
public final class Syslog {

  /** Its functions take any number of arguments, which needs JNA's interfaces. */
  private interface Calls extends Library {
    void openlog(Pointer ident, int option, int facility);

    void syslog(int priority, String format, Object... arguments);
  }

  private static final int LOG_PID = 1;
  private static final int LOG_DAEMON = 3 << 3;

  private final Calls calls = Native.load("c", Calls.class);

  /** The C library keeps the address, so the memory has to live as long as this. */
  private final Memory ident;

  /**
   * Opens the log, of which a process has one.
   *
   * @param program the name that begins each line
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
   * Writes a line of a daemon.
   *
   * @param severity as in syslog(3): 3 for an error, 7 for a debug message
   */
  public void write(int severity, String message) {
    calls.syslog(severity, "%s", message);
  }
}
