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

  /** The exit status of a script if the machine lacks what the script tests. */
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
   * Runs the case with a command line; aborts the test if the machine lacks what the case tests.
   *
   * @return what the scripts complained of, empty if they ended well
   */
  String complaint(List<String> words) throws IOException {
    if (!clientCase.before().isEmpty()) {
      String output = script("before", clientCase.before());
      assertThat(output).as("the script before %s", clientCase).isEmpty();
    }
    Path client = write("client", clientCase.client());
    Path output = folder.resolve("client.said");
    String run =
        "export uri unixsocket port server=%d dir=%s timeout=%d PATH=%s;"
            + " exec timeout 60 %s %s >%s 2>&1";
    run = run.formatted(SERVER, folder, timeout, Client.PATH, Client.PYTHON.path(), client, output);
    List<String> arguments = new ArrayList<>(List.of("--run", run));
    if (!words.contains("-p")) {
      arguments.addAll(List.of("-U", "-"));
    }
    InProcess.ProgramResult result;
    try (HeldOpen open = new HeldOpen()) {
      for (String word : words) {
        arguments.add(fillIn(word, open));
      }
      result = serve(arguments);
    }
    assertThat(output).as("%s%n%s", arguments, result.output()).exists();
    String complaint = result.status() == 0 ? "" : Files.readString(output);
    if (complaint.isEmpty() && result.status() != 0) {
      complaint = "exit status " + result.status();
    }
    Files.writeString(folder.resolve("messages"), result.output());
    return complaint.isEmpty() && !clientCase.after().isEmpty()
        ? script("after", clientCase.after())
        : complaint;
  }

  /** Runs the server with a folder for temporary files, which must be empty at the end. */
  private InProcess.ProgramResult serve(List<String> arguments) throws IOException {
    String key = "java.io.tmpdir";
    String original = System.getProperty(key);
    System.setProperty(key, folder.resolve("t").toString());
    try {
      return InProcess.run(arguments);
    } finally {
      System.setProperty(key, original);
      assertThat(folder.resolve("t")).as("what %s has left", arguments).isEmptyDirectory();
    }
  }

  private String fillIn(String word, HeldOpen open) throws IOException {
    String fillIn =
        word.replace("{dir}", folder.toString())
            .replace("{uid}", Files.getAttribute(folder, "unix:uid").toString());
    Matcher descriptor = DESCRIPTOR.matcher(fillIn);
    if (descriptor.find()) {
      fillIn = descriptor.replaceFirst(open.number(folder.resolve(descriptor.group(1))));
    }
    return fillIn.contains("{pid}")
        ? fillIn.replace("{pid}", Files.readString(folder.resolve("pid")))
        : fillIn;
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
