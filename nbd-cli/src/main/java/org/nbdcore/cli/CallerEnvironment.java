package org.nbdcore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.InheritedDescriptors;

/**
 * Prepares a command to run in the environment of the process that started this program: its
 * variables, its inherited descriptors, and arguments byte for byte. Java closes all descriptors in
 * a child process and replaces bytes that are not UTF-8. So a shell opens the descriptors, decodes
 * the arguments, and then executes the command.
 */
final class CallerEnvironment implements Consumer<ProcessBuilder> {

  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path FLAGS = Path.of("/proc/self/fdinfo");
  private static final int ACCESS = 3;
  private static final int TYPE = 0xf000;
  private static final int FIFO = 0x1000;
  private static final String[] FORMS = {"<", ">>", "<>"};

  @Override
  public void accept(ProcessBuilder builder) {
    UserEnvironment.restore(builder.environment());
    String descriptors = descriptors();
    List<String> words = builder.command();
    if (!descriptors.isEmpty() || haveBytes(words)) {
      builder.command("/bin/sh", "-c", descriptors + decoding(words));
    }
  }

  private static boolean haveBytes(List<String> words) {
    for (String word : words) {
      if (FileNames.hasInvalidUtf8(word)) {
        return true;
      }
    }
    return false;
  }

  /** Redirections. The shell names descriptors by one digit; sockets cannot be opened twice. */
  private static String descriptors() {
    StringBuilder script = new StringBuilder();
    for (String number : InheritedDescriptors.numbers()) {
      try {
        String target = Files.readSymbolicLink(OPEN.resolve(number)).toString();
        boolean socket = target.startsWith("socket:");
        if (number.length() == 1 && !socket) {
          String place = "/proc/" + ProcessHandle.current().pid() + "/fd/" + number;
          script.append("{ ");
          if (target.startsWith("/") && isFifo(number)) {
            // Opening one end of a pipe blocks until another process opens the other end. Opening
            // both ends never blocks.
            script.append(open(number, "<>", place)).append(" && ");
          }
          script.append(open(number, form(number), place));
          script.append("; } 2>/dev/null\n"); // another user may be refused
        }
      } catch (IOException e) {
        // closed meanwhile
      }
    }
    return script.toString();
  }

  private static String open(String number, String form, String place) {
    return "command exec " + number + form + place;
  }

  private static boolean isFifo(String number) throws IOException {
    int mode = (Integer) Files.getAttribute(OPEN.resolve(number), "unix:mode");
    return (mode & TYPE) == FIFO;
  }

  private static String form(String number) throws IOException {
    for (String line : Files.readAllLines(FLAGS.resolve(number))) {
      if (line.startsWith("flags:")) {
        int access = Integer.parseInt(line.substring("flags:".length()).strip(), 8) & ACCESS;
        return FORMS[Math.min(access, FORMS.length - 1)];
      }
    }
    return FORMS[0];
  }

  private static String decoding(List<String> words) {
    StringBuilder variables = new StringBuilder();
    List<String> command = new ArrayList<>(List.of("exec"));
    for (String word : words) {
      if (FileNames.hasInvalidUtf8(word)) {
        String variable = "w" + command.size();
        variables.append(variable).append("=$(printf '");
        for (byte b : FileNames.encode(word)) {
          variables.append(String.format(Locale.ROOT, "\\%03o", b & 0xff));
        }
        // The shell would remove trailing line feeds.
        variables.append(".'); ").append(variable).append("=${").append(variable).append("%.}\n");
        command.add("\"$" + variable + "\"");
      } else {
        command.add(RunCommand.quote(word));
      }
    }
    return variables + String.join(" ", command);
  }
}
