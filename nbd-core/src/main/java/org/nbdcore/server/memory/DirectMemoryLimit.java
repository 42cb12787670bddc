package org.nbdcore.server.memory;

import java.lang.management.ManagementFactory;
import org.nbdcore.log.ServerLog;

/** Determines how much direct memory the JVM allows ({@code -XX:MaxDirectMemorySize}). */
final class DirectMemoryLimit {

  private DirectMemoryLimit() {}

  /**
   * Returns the limit in bytes; {@link Long#MAX_VALUE} if it is unknown. Takes some milliseconds.
   */
  static long ask() {
    try {
      Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
      Object bean =
          ManagementFactory.getPlatformMXBean(
              type.asSubclass(java.lang.management.PlatformManagedObject.class));
      Object option =
          type.getMethod("getVMOption", String.class).invoke(bean, "MaxDirectMemorySize");
      String value = (String) option.getClass().getMethod("getValue").invoke(option);
      long limit = Long.parseLong(value);
      return limit == 0 ? Runtime.getRuntime().maxMemory() : limit; // the JDK's default
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      ServerLog.LOG.debug(() -> "the limit for direct memory is not known: " + e);
      return Long.MAX_VALUE;
    }
  }
}
