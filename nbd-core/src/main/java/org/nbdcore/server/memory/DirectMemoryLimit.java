package org.nbdcore.server.memory;

import java.lang.management.ManagementFactory;
import org.nbdcore.log.ServerLog;

/** How much direct memory the virtual machine allows ({@code -XX:MaxDirectMemorySize}). */
final class DirectMemoryLimit {

  private DirectMemoryLimit() {}

  /** Bytes; {@link Long#MAX_VALUE} if it cannot be known. Takes some milliseconds. */
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
      return limit == 0 ? Runtime.getRuntime().maxMemory() : limit; // as the JDK has it
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      ServerLog.LOG.debug(() -> "the limit for direct memory is not known: " + e);
      return Long.MAX_VALUE;
    }
  }
}
