package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.FileNames;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.VmdkCheck;

/** The command nbd-vmdk: what a VMware disk is, whether it is sound, and new ones. */
public final class NbdVmdk {

  private static final String USAGE =
      """
      nbd-vmdk: examine, check, create and convert VMware virtual disks (VMDK)

          nbd-vmdk info [--json] FILE
          nbd-vmdk check [--repair] FILE
          nbd-vmdk create [OPTION...] FILE SIZE
          nbd-vmdk convert [OPTION...] SOURCE FILE
          nbd-vmdk compact [OPTION...] FILE

      FILE is a descriptor, or a VMDK with its descriptor inside. SOURCE is a VMDK, a raw
      file, a block device, an NBD URI, or - for standard input.

          --adapter=ADAPTER        ide, scsi-buslogic or scsi-lsilogic (scsi-buslogic)
          --hwversion=N            the virtual machine's hardware version (4)
          --json                   show JSON
          -p, --progress           a progress bar even if this is no terminal
          --no-progress            no progress bar
          --repair                 mend grain tables from their copies
          --type=TYPE              monolithic-sparse, monolithic-flat, split-sparse,
                                   split-flat, vmfs-flat, vmfs-thin, vmfs-sparse or
                                   stream-optimized (monolithic-sparse)
          --within=DIR             open only VMDK files that lie in this folder
          --help                   this text
          -V, --version            the version

      Sizes may end with K, M, G or T. The exit status of check is 0 for a sound disk, 2 if
      something is wrong, and 3 if parts of the files are unused; after an error it is 1.
      """;

  private static final int DAMAGED = 2;
  private static final int LEAKED = 3;

  private final PrintStream out;
  private final PrintStream err;
  private final VmdkConversion conversion;
  private boolean json;
  private boolean repair;
  private Path within; // null if files may lie anywhere

  private NbdVmdk(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.conversion = new VmdkConversion(err, terminal);
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
   * @return the exit status: 0, 1 after an error, and more for {@code check}
   */
  public static int run(String[] args, PrintStream out, PrintStream err, boolean terminal) {
    try {
      return new NbdVmdk(out, err, terminal).start(args);
    } catch (NoSuchFileException e) {
      err.println("nbd-vmdk: file " + TerminalText.printable(e.getFile()) + " does not exist");
      return 1;
    } catch (UsageException | IOException | IllegalArgumentException e) {
      err.println("nbd-vmdk: " + TerminalText.printable(String.valueOf(e.getMessage())));
      return 1;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private int start(String[] args) throws UsageException, IOException {
    Arguments arguments = new Arguments(args);
    for (String option = arguments.nextOption(); option != null; option = arguments.nextOption()) {
      if (Console.printAbout(option, "nbd-vmdk", USAGE, out)) {
        return 0;
      }
      take(option, arguments);
    }
    return command(arguments.operands());
  }

  private void take(String option, Arguments arguments) throws UsageException {
    switch (option) {
      case "--json":
        json = true;
        break;
      case "--within":
        within = FileNames.path(arguments.value());
        break;
      case "--repair":
        repair = true;
        break;
      default:
        if (!conversion.take(option, arguments)) {
          throw arguments.unknown("nbd-vmdk");
        }
    }
  }

  private int command(List<String> operands) throws UsageException, IOException {
    String command = operands.isEmpty() ? "" : operands.get(0);
    switch (command) {
      case "info":
        info(operand(operands, 1, 2));
        return 0;
      case "check":
        return check(operand(operands, 1, 2));
      case "create":
        conversion.create(newFile(operand(operands, 1, 3)), operand(operands, 2, 3));
        return 0;
      case "convert":
        conversion.convert(operand(operands, 1, 3), newFile(operand(operands, 2, 3)), within);
        return 0;
      case "compact":
        conversion.compact(FileNames.path(textual(operand(operands, 1, 2))), within);
        return 0;
      default:
        throw new UsageException(
            "the command must be info, check, create, convert or compact, not '"
                + command
                + "' (nbd-vmdk --help shows more)");
    }
  }

  private static String operand(List<String> operands, int index, int expected)
      throws UsageException {
    if (operands.size() != expected) {
      throw new UsageException(
          operands.get(0)
              + " takes "
              + (expected - 1)
              + " operands, not "
              + (operands.size() - 1)
              + " (nbd-vmdk --help shows them)");
    }
    return operands.get(index);
  }

  private FileLocation newFile(String name) throws UsageException {
    return file(textual(name));
  }

  /** A disk that is made contains its own name, in UTF-8. */
  private static String textual(String name) throws UsageException {
    if (FileNames.hasBytes(name)) {
      throw new UsageException(
          "the name of a new disk must be UTF-8, because its descriptor contains it, not '"
              + FileNames.path(name)
              + "'");
    }
    return name;
  }

  private FileLocation file(String name) {
    return FileLocation.of(FileNames.path(name), within);
  }

  private void info(String name) throws IOException {
    FileLocation file = file(name);
    VmdkReport report = VmdkReport.of(file, this::warn);
    out.print(json ? report.json() : report.text());
  }

  private void warn(String warning) {
    err.println("nbd-vmdk: warning: " + TerminalText.printable(warning));
  }

  private int check(String name) throws IOException {
    VmdkCheck.Result result =
        VmdkCheck.run(file(name), repair, line -> out.println(TerminalText.printable(line)));
    out.println(
        "stored grains: "
            + result.grains()
            + "; problems: "
            + result.problems()
            + (result.repaired() > 0 ? "; repaired: " + result.repaired() : "")
            + "; unused bytes: "
            + result.leakedBytes());
    if (result.problems() > 0) {
      return DAMAGED;
    }
    return result.leakedBytes() > 0 ? LEAKED : 0;
  }
}
