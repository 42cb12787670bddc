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
   * Runs a command line to its end; one at a time, as a process has one log.
   *
   * @return its exit status and what it said
   */
  public static synchronized ProgramResult run(List<String> arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream said = new PrintStream(err, true, StandardCharsets.UTF_8);
    Cli cli = new Cli("nbd-core", Optional.empty(), Map.of(), said, said);
    PrintStream usual = System.err;
    System.setErr(said); // where the log goes
    try {
      int status = cli.run(arguments);
      return new ProgramResult(status, err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(usual);
    }
  }

  /**
   * How it ended.
   *
   * @param status the exit status; that of the command of {@code --run} where there is one
   * @param said what it printed and logged
   */
  public record ProgramResult(int status, String said) {}
}
