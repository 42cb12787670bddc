package org.nbdcore.filter.exportname;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

/** Finds the description of an export. */
@FunctionalInterface
interface Describer {

  /** Keeps the description of the layer below. */
  Describer KEEP = (name, below) -> below;

  /**
   * Returns the description of an export.
   *
   * @param below the description of the layer below
   */
  Optional<String> describe(String name, Optional<String> below);

  static Describer parse(String text) throws ConfigException {
    if (text.equals("keep")) {
      return KEEP;
    }
    if (text.equals("none")) {
      return (name, below) -> Optional.empty();
    }
    if (text.startsWith("fixed:")) {
      Optional<String> fixed = Optional.of(text.substring("fixed:".length()));
      return (name, below) -> fixed;
    }
    if (text.startsWith("script:")) {
      String script = text.substring("script:".length());
      return (name, below) -> run(script, name);
    }
    throw new ConfigException(
        "must be keep, none, fixed:TEXT or script:SCRIPT, not '" + text + "'");
  }

  /** The output of a script, without final line ends; empty if the script fails. */
  private static Optional<String> run(String script, String name) {
    Log log = Log.of("exportname");
    ProcessBuilder builder = Commands.shell(script);
    builder.environment().put("name", name);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      byte[] printed = process.getInputStream().readAllBytes();
      int status = process.waitFor();
      if (status == 0) {
        return Optional.of(new String(printed, StandardCharsets.UTF_8).stripTrailing());
      }
      log.error(
          "the exportdesc script failed with status " + status + " for export '" + name + "'");
    } catch (IOException e) {
      log.error("the exportdesc script cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }
}
