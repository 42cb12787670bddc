package org.nbdcore.plugin.vddk;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nbdcore.spi.Log;
import org.nbdcore.system.LibraryCalls;

/**
 * Receives callbacks from VDDK threads whose stack is too small for Java. One pipe and one thread
 * for the process serve all callbacks behind a {@link StackGate}.
 */
final class SmallStacks {

  private static final Log LOG = Log.of("vddk");

  private static final int HEADER = 8;
  private static final int CHUNK = 64 << 10;

  /** Receives log lines of one kind. */
  interface Lines {
    /** Called on the thread that reads the pipe. */
    void receive(String line);
  }

  /** The receivers. The kind of a line is its index here plus 1. */
  private static final List<Lines> LINES = new CopyOnWriteArrayList<>();

  /** The gate; null if the system does not allow machine code. */
  private static final StackGate GATE;

  private static final int READ_END;

  static {
    try (Memory ends = new Memory(8);
        Memory key = new Memory(4)) {
      boolean made =
          LibraryCalls.pipe2(ends, LibraryCalls.O_CLOEXEC) == 0
              && LibraryCalls.pthread_key_create(key, null) == 0;
      READ_END = made ? ends.getInt(0) : -1;
      GATE = made && reads() ? new StackGate(key.getInt(0), ends.getInt(4)) : null;
    }
    if (GATE == null) {
      LOG.debug("callbacks of VDDK's threads with small stacks cannot be received");
    }
  }

  private SmallStacks() {}

  private static boolean reads() {
    Thread reader = new Thread(SmallStacks::serve, "vddk-callbacks");
    reader.setDaemon(true);
    try {
      reader.start();
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /** The callback for VDDK that completes calls. */
  static Pointer completion(Callback callback) {
    ForeignThreads.keepAttached(callback);
    Pointer java = CallbackReference.getFunctionPointer(callback);
    Pointer gate = GATE == null ? null : GATE.completion(Pointer.nativeValue(java));
    return gate == null ? java : gate;
  }

  /** The callback for VDDK that logs; lines may also arrive at {@code lines}. */
  static synchronized Pointer line(Callback callback, Lines lines) {
    ForeignThreads.keepAttached(callback);
    Pointer java = CallbackReference.getFunctionPointer(callback);
    LINES.add(lines);
    Pointer gate = GATE == null ? null : GATE.line(Pointer.nativeValue(java), LINES.size());
    return gate == null ? java : gate;
  }

  private static void serve() {
    Memory buffer = new Memory(CHUNK);
    int held = 0;
    while (true) {
      long got = LibraryCalls.read(READ_END, buffer.share(held), CHUNK - held);
      if (got <= 0) {
        continue; // a signal; the pipe's other end is never closed
      }
      held += (int) got;
      int at = 0;
      while (held - at >= HEADER && held - at >= HEADER + buffer.getInt(at + 4L)) {
        int length = buffer.getInt(at + 4L);
        deliver(buffer.getInt(at), buffer, at + HEADER, length);
        at += HEADER + length;
      }
      byte[] rest = buffer.getByteArray(at, held - at);
      buffer.write(0, rest, 0, rest.length);
      held = rest.length;
    }
  }

  private static void deliver(int kind, Memory buffer, int at, int length) {
    try {
      if (kind == StackGate.COMPLETION) {
        AsyncCalls.completed(buffer.getLong(at), buffer.getLong(at + 8L));
      } else {
        byte[] text = buffer.getByteArray(at, length);
        LINES.get(kind - 1).receive(new String(text, StandardCharsets.UTF_8).stripTrailing());
      }
    } catch (RuntimeException | Error e) {
      LOG.error("a callback of VDDK was lost: " + e, e);
    }
  }
}
