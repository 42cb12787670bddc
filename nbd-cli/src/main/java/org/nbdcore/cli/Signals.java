package org.nbdcore.cli;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nbdcore.system.ProcessCalls;

/**
 * Handles SIGTERM, SIGINT and SIGHUP. It calls the JDK's internal class by reflection, because
 * javac's warning about that class cannot be disabled. A shutdown hook is no alternative: the exit
 * status would be 128 + 15, and hooks of other code would run at the same time.
 */
final class Signals {

  private static final int HEXADECIMAL = 16;
  private static final List<String> STOP = List.of("TERM", "INT");
  private static final List<String> RELOAD = List.of("HUP");

  private Signals() {}

  /**
   * Enables SIGINT again. A shell starts a program with {@code &} with SIGINT ignored, and the JVM
   * keeps this. Has no effect without JNA.
   */
  static void acceptIgnoredInterrupt() {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      Optional<String> ignored = status.filter(line -> line.startsWith("SigIgn:")).findFirst();
      String mask = ignored.orElse("SigIgn: 0").substring("SigIgn:".length()).strip();
      if ((Long.parseUnsignedLong(mask, HEXADECIMAL) & 1L << (ProcessCalls.SIGINT - 1)) != 0) {
        ProcessCalls.signal(ProcessCalls.SIGINT, null);
      }
    } catch (IOException | NumberFormatException | LinkageError e) {
      // another system, or no JNA
    }
  }

  /**
   * Installs the handlers. The JVM calls them on its own thread.
   *
   * @param stop called for each SIGTERM and SIGINT
   * @param reload called for each SIGHUP
   */
  static void handle(Runnable stop, Runnable reload) {
    try {
      handle(STOP, stop);
      handle(RELOAD, reload);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // A JDK without jdk.unsupported: the exit status is not 0, but everything else works.
      Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    }
  }

  private static void handle(List<String> names, Runnable action)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            handler.getClassLoader(),
            new Class<?>[] {handler},
            (self, method, arguments) -> {
              if (method.getName().equals("handle")) {
                action.run();
              }
              return null;
            });
    for (String name : names) {
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    }
  }
}
