package org.nbdcore.cli;

import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.config.DebugSetting;

/** Reads {@code -D NAME.FLAG=N}; an oddly spelled one is warned about, never fatal. */
final class DebugFlags {

  private DebugFlags() {}

  static Optional<DebugSetting> parse(String text, Consumer<String> warnings) {
    int dot = text.indexOf('.');
    int equals = text.lastIndexOf('=');
    if (dot > 0 && equals > dot + 1) {
      try {
        int value = Integer.parseInt(text.substring(equals + 1));
        return Optional.of(
            new DebugSetting(text.substring(0, dot), text.substring(dot + 1, equals), value));
      } catch (NumberFormatException e) {
        // told below
      }
    }
    warnings.accept("-D must be NAME.FLAG=N, not '" + text + "', which is unused");
    return Optional.empty();
  }

  /** Whether the flag is one of the server's own. */
  static boolean ofServer(DebugSetting setting) {
    return setting.layer().equals("nbdkit") || setting.layer().equals("nbd-core");
  }
}
