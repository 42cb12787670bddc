package org.nbdcore.client.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nbdcore.client.copy.Copy;
import org.nbdcore.client.copy.CopyOptions;
import org.nbdcore.client.copy.CopyResult;
import org.nbdcore.protocol.Limits;

/** The command nbd-copy: copies a disk from one place to another. */
public final class NbdCopy {

  private static final String USAGE =
      """
      nbd-copy: copy a disk to or from an NBD server

          nbd-copy [OPTION...] SOURCE DESTINATION

      SOURCE and DESTINATION are each an NBD URI, a file, a block device, or - for
      standard input or output. DESTINATION may be null: to discard the data.

          --allocated              create no holes in the destination
          -C, --connections=N      connections, if the server allows several (4)
          --destination-is-zero    skip zeroes: the destination reads as zeroes
          --target-is-zero         the same
          --flush                  make the copy durable before the command ends
          --no-extents             do not query the extents of the source
          -p, --progress           show a progress bar even without a terminal
          --progress=FD            write lines like 42/100 to a file descriptor
          --no-progress            show no progress bar
          --queue-size=N           memory for requests in flight (16M)
          --request-size=N         largest request (256K)
          -R, --requests=N         requests in flight on each connection
          -S, --sparse=N           detect zeroes in blocks of this size (4K); 0: off
          --synchronous            use one connection and one request at a time
          -T, --threads=N          accepted for scripts for nbdcopy; no effect
          -v, --verbose            print one line about the work done
          --help                   show this help
          -V, --version            show the version

      Sizes may end with K, M, G or T.
      """;

  private final CopyOptions options = new CopyOptions();
  private final PrintStream err;
  private boolean verbose;
  private boolean bar;
  private String progressFd;

  private NbdCopy(PrintStream err, boolean terminal) {
    this.err = err;
    this.bar = terminal;
  }

  /** Runs the command and exits. */
  public static void main(String[] args) {
    System.exit(
        run(Arguments.typed(args), Console.out(), Console.err(), Console.errorIsTerminal()));
  }

  /**
   * Runs the command.
   *
   * @param terminal whether {@code err} is a terminal and gets a progress bar
   * @return the exit status: 0, or 1 after an error
   */
  public static int run(String[] args, PrintStream out, PrintStream err, boolean terminal) {
    NbdCopy command = new NbdCopy(err, terminal);
    try {
      command.start(args, out);
      return 0;
    } catch (UsageException | IOException | IllegalArgumentException e) {
      err.println("nbd-copy: " + e.getMessage());
      return 1;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private void start(String[] args, PrintStream out) throws UsageException, IOException {
    Arguments arguments = new Arguments(args);
    for (String option = arguments.nextOption(); option != null; option = arguments.nextOption()) {
      if (Console.printAbout(option, "nbd-copy", USAGE, out)) {
        return;
      }
      take(option, arguments);
    }
    List<String> operands = arguments.operands();
    if (operands.size() != 2) {
      throw new UsageException(
          "a source and a destination are needed, not "
              + operands.size()
              + " operands (nbd-copy --help shows more)");
    }
    copy(Arguments.place(operands.get(0)), Arguments.place(operands.get(1)));
  }

  private void take(String option, Arguments arguments) throws UsageException {
    switch (option) {
      case "--allocated":
        options.allocated(true);
        break;
      case "-C":
      case "--connections":
        options.connections((int) arguments.size(1, 1024));
        break;
      case "--destination-is-zero":
      case "--target-is-zero":
        options.destinationIsZero(true);
        break;
      case "--flush":
        options.flush(true);
        break;
      case "--no-extents":
        options.extents(false);
        break;
      case "-p":
        bar = true;
        break;
      case "--progress":
        progressFd = arguments.optionalValue();
        bar = true;
        break;
      case "--no-progress":
        bar = false;
        break;
      case "--queue-size":
        options.queueSize(arguments.size(1, 1L << 40));
        break;
      case "--request-size":
        options.requestSize((int) arguments.size(1, Limits.DEFAULT_MAX_PAYLOAD));
        break;
      case "-R":
      case "--requests":
        options.requests((int) arguments.size(1, 4096));
        break;
      case "-S":
      case "--sparse":
        options.sparse(sparse(arguments));
        break;
      case "--synchronous":
        options.connections(1).requests(1);
        break;
      case "-T":
      case "--threads":
        arguments.size(0, 4096);
        break;
      case "-v":
      case "--verbose":
        verbose = true;
        break;
      default:
        throw arguments.unknown("nbd-copy");
    }
  }

  private static int sparse(Arguments arguments) throws UsageException {
    long size = arguments.size(0, 1 << 30);
    if (size != 0 && (size < 512 || Long.bitCount(size) != 1)) {
      throw new UsageException("--sparse must be 0 or a power of two of 512 or more, not " + size);
    }
    return (int) size;
  }

  private void copy(String from, String to) throws UsageException, IOException {
    long start = System.nanoTime();
    ProgressBar progress = new ProgressBar(progressStream(), progressFd != null);
    CopyResult result;
    try {
      result = Copy.run(from, to, options, bar ? progress : new Silence());
    } finally {
      progress.end();
    }
    if (verbose) {
      long millis = (System.nanoTime() - start) / 1_000_000;
      err.println(
          "nbd-copy: "
              + result.bytes()
              + " bytes in "
              + millis
              + " ms; requests in flight: "
              + result.requests()
              + " of "
              + result.requestSize()
              + " bytes; connections: "
              + result.sourceConnections()
              + " to "
              + result.destinationConnections());
    }
  }

  private PrintStream progressStream() throws UsageException {
    if (progressFd == null) {
      return err;
    }
    try {
      int fd = Integer.parseInt(progressFd);
      return new PrintStream(
          new FileOutputStream("/dev/fd/" + fd, true), false, StandardCharsets.UTF_8);
    } catch (NumberFormatException | IOException e) {
      throw new UsageException(
          "--progress must be the number of an open file descriptor, not " + progressFd);
    }
  }

  /** Used without a progress bar. */
  private static final class Silence implements org.nbdcore.client.copy.CopyProgress {
    @Override
    public void advanced(long done, long total) {}
  }
}
