package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nbdcore.cli.InProcess;

/**
 * One run of a {@link FilterCase} in a folder of its own, the server in this process and libnbd in
 * another.
 */
final class FilterRun {

  private static final int DISK = 1 << 20;

  private final FilterCase filterCase;
  private final Path folder;
  private final int patience;

  /**
   * Prepares a folder.
   *
   * @param folder empty
   * @param patienceSeconds how long the script waits for what must come
   */
  FilterRun(FilterCase filterCase, Path folder, int patienceSeconds) throws IOException {
    this.filterCase = filterCase;
    this.folder = folder;
    patience = patienceSeconds;
    Files.write(folder.resolve("disk"), pattern());
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
   * Runs the case with that command line.
   *
   * @return what the scripts complained of, empty if they ended well
   */
  String complaint(List<String> words) throws IOException {
    if (!filterCase.before().isEmpty()) {
      String said = script("before", filterCase.before());
      assertThat(said).as("the script before %s", filterCase).isEmpty();
    }
    Path client = write("client", filterCase.client());
    Path said = folder.resolve("client.said");
    String run =
        "export uri unixsocket dir=%s patience=%d PATH=%s; exec timeout 60 %s %s >%s 2>&1"
            .formatted(folder, patience, Client.PATH, Client.PYTHON.path(), client, said);
    List<String> arguments = new ArrayList<>(List.of("-U", "-", "--run", run));
    for (String word : words) {
      arguments.add(filled(word));
    }
    InProcess.Outcome outcome = served(arguments);
    assertThat(said).as("%s%n%s", arguments, outcome.said()).exists();
    String complaint = outcome.status() == 0 ? "" : Files.readString(said);
    if (complaint.isEmpty() && outcome.status() != 0) {
      complaint = "exit status " + outcome.status();
    }
    Files.writeString(folder.resolve("messages"), outcome.said());
    return complaint.isEmpty() && !filterCase.after().isEmpty()
        ? script("after", filterCase.after())
        : complaint;
  }

  /** With a folder for temporary files that must be empty again in the end. */
  private InProcess.Outcome served(List<String> arguments) throws IOException {
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

  private String filled(String word) throws IOException {
    String filled =
        word.replace("{dir}", folder.toString())
            .replace("{uid}", Files.getAttribute(folder, "unix:uid").toString());
    return filled.contains("{pid}")
        ? filled.replace("{pid}", Files.readString(folder.resolve("pid")))
        : filled;
  }

  private Path write(String name, String script) throws IOException {
    Path file = folder.resolve(name + ".py");
    Files.writeString(file, FilterCase.preamble());
    Files.writeString(file, script, StandardOpenOption.APPEND);
    return file;
  }

  private String script(String name, String script) throws IOException {
    ProcessBuilder builder =
        Programs.builder(folder, Client.PYTHON.with(write(name, script).toString()));
    builder.environment().putAll(Map.of("dir", folder.toString(), "patience", "" + patience));
    Path out = folder.resolve(name + ".out");
    Ran ran = Programs.run(builder, out, folder.resolve(name + ".err"), Programs.PATIENCE);
    return ran.status() == 0 ? "" : ran.err();
  }
}
