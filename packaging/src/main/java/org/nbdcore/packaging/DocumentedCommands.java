package org.nbdcore.packaging;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.cli.CommandLineReference;
import org.nbdcore.client.cli.NbdCopy;
import org.nbdcore.client.cli.NbdInfo;
import org.nbdcore.client.cli.NbdVmdk;
import org.nbdcore.tools.vsphere.NbdVsphere;

/** The commands of the distribution. */
final class DocumentedCommands {

  private static final String[] HELP = {"--help"};

  /** A form of the server's command line that begins with a subcommand. */
  private static final Pattern FORM =
      Pattern.compile("(?:usage:)? +(nbd-core (?:([a-z-]+)\\b)?.*)");

  private DocumentedCommands() {}

  /** The server. */
  static DocumentedCommand server() {
    List<String> synopsis = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (String line : CommandLineReference.help().lines().toList()) {
      Matcher form = FORM.matcher(line);
      if (!form.matches()) {
        break;
      }
      synopsis.add(form.group(1));
      if (form.group(2) != null) {
        words.add(form.group(2));
      }
    }
    List<Flag> flags =
        CommandLineReference.options().stream()
            .map(entry -> new Flag(entry.spellings(), entry.value(), false, entry.help()))
            .toList();
    return new DocumentedCommand("nbd-core", "serve a disk over NBD", synopsis, words, flags);
  }

  /** The commands beside it. */
  static List<DocumentedCommand> tools() {
    return List.of(
        HelpText.parse(printed(out -> NbdCopy.run(HELP, out, System.err, false))),
        HelpText.parse(printed(out -> NbdInfo.run(HELP, out, System.err))),
        HelpText.parse(printed(out -> NbdVmdk.run(HELP, out, System.err, false))),
        HelpText.parse(printed(out -> NbdVsphere.run(HELP, out, System.err))));
  }

  private interface Run {
    int run(PrintStream out);
  }

  private static String printed(Run run) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    if (run.run(out) != 0) {
      throw new IllegalStateException("--help fails");
    }
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
