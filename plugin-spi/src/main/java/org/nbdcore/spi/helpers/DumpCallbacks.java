package org.nbdcore.spi.helpers;

import java.util.List;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Experimental;

/**
 * Prints the lines {@code has_CALLBACK=1} of {@code --dump-plugin}. They tell programs what the
 * disks of a plugin can do besides reading. The names are those of nbdkit's callbacks.
 */
@Experimental
public final class DumpCallbacks {

  /** The callbacks of a disk that supports every operation. */
  private static final List<String> ALL =
      List.of(
          "can_write",
          "can_flush",
          "can_trim",
          "can_zero",
          "can_fast_zero",
          "can_extents",
          "can_fua",
          "can_multi_conn",
          "can_cache",
          "pwrite",
          "flush",
          "trim",
          "zero",
          "extents",
          "cache",
          "close");

  private DumpCallbacks() {}

  /** Prints one line for each callback. */
  public static void put(DumpSink out, String... callbacks) {
    for (String callback : callbacks) {
      out.put("has_" + callback, "1");
    }
  }

  /**
   * Prints the lines of a disk that supports every operation.
   *
   * @param more further callbacks of the plugin
   */
  public static void putAll(DumpSink out, String... more) {
    put(out, more);
    ALL.forEach(callback -> put(out, callback));
  }
}
