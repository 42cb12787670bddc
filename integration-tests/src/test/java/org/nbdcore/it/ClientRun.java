package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.nbdcore.cli.InProcess;

/**
 * One run of a {@link ClientCase} in a folder of its own, the server in this process and libnbd in
 * another.
 */
final class ClientRun {

  private static final int DISK = 1 << 20;

  private static final byte[] PATTERN = pattern();

  /** The number of a descriptor on which a file of the folder is open. */
  private static final Pattern DESCRIPTOR = Pattern.compile("\\{fd:(\\w+)}");

  /** How a script ends where the machine cannot show what it is about. */
  private static final int SKIPPED = 77;

  private static final long SERVER = ProcessHandle.current().pid();

  private final ClientCase clientCase;
  private final Path folder;
  private final int timeout;

  /**
   * Prepares a folder.
   *
   * @param folder empty
   * @param timeoutSeconds how long the script waits for what must come
   */
  ClientRun(ClientCase clientCase, Path folder, int timeoutSeconds) throws IOException {
    this.clientCase = clientCase;
    this.folder = folder;
    timeout = timeoutSeconds;
    Files.write(folder.resolve("disk"), PATTERN);
    Files.writeString(folder.resolve("old"), "old\n");
    Files.writeString(folder.resolve("number"), "4M\n");
    Path disks = Files.createDirectory(folder.resolve("disks"));
    for (String name : List.of("one", "two", "three")) {
      Files.writeString(disks.resolve(name), name + "\0".repeat(4096 - name.length()));
    }
    Files.createDirectory(folder.resolve("t"));
  }

  /** The same as in the scripts' preamble. */
  private static byte[] pattern() {
    byte[] bytes = new byte[DISK];
    for (int i = 0; i < DISK; i++) {
      bytes[i] = (byte) ((i * 7 + i / 256 * 3) % 251);
    }
    return bytes;
  }

  /**
   * Runs the case with that command line; aborts the test where the machine cannot show it.
   *
   * @return what the scripts complained of, empty if they ended well
   */
  String complaint(List<String> words) throws IOException {
    if (!clientCase.before().isEmpty()) {
      String said = script("before", clientCase.before());
      assertThat(said).as("the script before %s", clientCase).isEmpty();
    }
    Path client = write("client", clientCase.client());
    Path said = folder.resolve("client.said");
    String run =
        "export uri unixsocket port server=%d dir=%s timeout=%d PATH=%s;"
            + " exec timeout 60 %s %s >%s 2>&1";
    run = run.formatted(SERVER, folder, timeout, Client.PATH, Client.PYTHON.path(), client, said);
    List<String> arguments = new ArrayList<>(List.of("--run", run));
    if (!words.contains("-p")) {
      arguments.addAll(List.of("-U", "-"));
    }
    InProcess.ProgramResult result;
    try (HeldOpen open = new HeldOpen()) {
      for (String word : words) {
        arguments.add(filled(word, open));
      }
      result = served(arguments);
    }
    assertThat(said).as("%s%n%s", arguments, result.said()).exists();
    String complaint = result.status() == 0 ? "" : Files.readString(said);
    if (complaint.isEmpty() && result.status() != 0) {
      complaint = "exit status " + result.status();
    }
    Files.writeString(folder.resolve("messages"), result.said());
    return complaint.isEmpty() && !clientCase.after().isEmpty()
        ? script("after", clientCase.after())
        : complaint;
  }

  /** With a folder for temporary files that must be empty again in the end. */
  private InProcess.ProgramResult served(List<String> arguments) throws IOException {
    String key = "java.io.tmpdir";
    String usual = System.getProperty(key);
    System.setProperty(key, folder.resolve("t").toString());
    try {
      return InProcess.run(arguments);
    } finally {
      System.setProperty(key, usual);
      assertThat(folder.resolve("t")).as("what %s has left", arguments).isEmptyDirectory();
    }
  }

  private String filled(String word, HeldOpen open) throws IOException {
    String filled =
        word.replace("{dir}", folder.toString())
            .replace("{uid}", Files.getAttribute(folder, "unix:uid").toString());
    Matcher descriptor = DESCRIPTOR.matcher(filled);
    if (descriptor.find()) {
      filled = descriptor.replaceFirst(open.number(folder.resolve(descriptor.group(1))));
    }
    return filled.contains("{pid}")
        ? filled.replace("{pid}", Files.readString(folder.resolve("pid")))
        : filled;
  }

  private Path write(String name, String script) throws IOException {
    Path file = folder.resolve(name + ".py");
    Files.writeString(file, ClientCase.preamble());
    Files.writeString(file, script, StandardOpenOption.APPEND);
    return file;
  }

  private String script(String name, String script) throws IOException {
    ProcessBuilder builder =
        Programs.builder(folder, Client.PYTHON.with(write(name, script).toString()));
    Map<String, String> more =
        Map.of("dir", folder.toString(), "timeout", "" + timeout, "server", "" + SERVER);
    builder.environment().putAll(more);
    Path out = folder.resolve(name + ".out");
    Ran ran = Programs.run(builder, out, folder.resolve(name + ".err"), Programs.TIMEOUT);
    Assumptions.assumeTrue(ran.status() != SKIPPED, ran.err());
    return ran.status() == 0 ? "" : ran.err();
  }
}
