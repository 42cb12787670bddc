package org.nbdcore.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs command lines in this process, where a server starts in milliseconds. It is in this package
 * because the program's own entry ends the process.
 */
public final class InProcess {

  private InProcess() {}

  /**
   * Runs a command line to its end. Runs one at a time, because a process has one log.
   *
   * @return its exit status and output
   */
  public static synchronized ProgramResult run(List<String> arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream output = new PrintStream(err, true, StandardCharsets.UTF_8);
    Cli cli = new Cli("nbd-core", Optional.empty(), Map.of(), output, output);
    PrintStream original = System.err;
    System.setErr(output); // where the log goes
    try {
      int status = cli.run(arguments);
      return new ProgramResult(status, err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(original);
    }
  }

  /**
   * How it ended.
   *
   * @param status the exit status; that of the command of {@code --run} where there is one
   * @param output what it printed and logged
   */
  public record ProgramResult(int status, String output) {}
}
