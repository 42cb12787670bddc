package org.nbdcore.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.chain.Providers;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.SpiVersion;

/**
 * The commands {@code new-plugin NAME DIR} and {@code new-filter NAME DIR}. They create a Maven
 * project that builds, passes its contract tests, and runs.
 *
 * @param kind {@code plugin} or {@code filter}
 * @param out receives the next steps
 */
record NewProject(String kind, PrintStream out) {

  private static final String PREFIX = "new-";

  /** Reserved: a class of the project with this name would conflict with an imported class. */
  private static final Set<String> OF_THE_SPI =
      Set.of("Plugin", "Filter", "Block", "FilterBlock", "PluginContract", "FilterContract");

  /** Returns the command that the first word of a command line names; empty if it names none. */
  static Optional<NewProject> of(CommandLine line, PrintStream out) {
    String word = line.plugin().orElse("");
    return word.equals("new-plugin") || word.equals("new-filter")
        ? Optional.of(new NewProject(word.substring(PREFIX.length()), out))
        : Optional.empty();
  }

  /**
   * Creates the project.
   *
   * @param words the words after the command
   * @param program the name under which the program was started
   * @throws ConfigException if there are not two words, the name cannot be used, or the folder
   *     exists
   */
  void create(List<String> words, String program, Providers providers)
      throws ConfigException, IOException {
    if (words.size() != 2) {
      String command = PREFIX + kind;
      throw new ConfigException(
          command
              + " needs a name and a folder that does not exist: "
              + (program + " " + command + " NAME DIR"));
    }
    String name = words.get(0);
    check(name, providers);
    Path folder = FileNames.path(words.get(1));
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new ConfigException("'" + folder + "' exists; name a folder that does not exist");
    }
    for (Map.Entry<String, String> file : files(className(name)).entrySet()) {
      Path target = folder.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, filled(template(file.getValue()), name));
    }
    String jar = "target/" + name + "-1.0-SNAPSHOT.jar";
    out.println("created the " + kind + " " + name + " in " + folder + "; next:");
    out.println("  cd " + folder);
    out.println("  mvn package");
    out.println(
        "  "
            + program
            + (kind.equals("plugin") ? " " + jar + " 64M" : " memory 64M --filter=" + jar)
            + " --run 'nbd-info \"$uri\"'");
  }

  private void check(String name, Providers providers) throws ConfigException {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new ConfigException(
          "the name must consist of letters a-z, digits and dashes and begin with a letter, not '"
              + name
              + "'");
    }
    boolean taken =
        kind.equals("plugin")
            ? providers.plugin(name).isPresent()
            : providers.filter(name).isPresent();
    if (taken) {
      throw new ConfigException("nbd-core has a " + kind + " '" + name + "'; choose another name");
    }
    if (OF_THE_SPI.contains(className(name))) {
      throw new ConfigException(
          "'" + name + "' conflicts with a class of the SPI; choose another name");
    }
  }

  /** Returns the prefix of the project's class names, for example MyDisk for {@code my-disk}. */
  private static String className(String name) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char letter = name.charAt(i);
      boolean first = i == 0 || name.charAt(i - 1) == '-';
      if (letter != '-') {
        words.append(first && letter >= 'a' ? (char) (letter - 'a' + 'A') : letter);
      }
    }
    return words.toString();
  }

  /** Maps each file of the project to its template. */
  private Map<String, String> files(String className) {
    String main = "src/main/java/com/example/" + className;
    String spi = kind.equals("plugin") ? "Plugin" : "Filter";
    Map<String, String> files = new LinkedHashMap<>();
    files.put("pom.xml", "pom.xml");
    files.put("README.md", kind + "/README.md");
    files.put(".gitignore", "gitignore");
    files.put(main + "Provider.java", kind + "/Provider.java");
    files.put(main + spi + ".java", kind + "/" + spi + ".java");
    files.put(main + "Device.java", kind + "/Device.java");
    files.put("src/test/java/com/example/" + className + "Test.java", kind + "/Test.java");
    files.put(
        "src/main/resources/META-INF/services/org.nbdcore.spi." + spi + "Provider", "service");
    return files;
  }

  private static String template(String name) throws IOException {
    try (InputStream in = NewProject.class.getResourceAsStream("template/" + name)) {
      if (in == null) {
        throw new FileNotFoundException("template/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String filled(String template, String name) {
    return template
        .replace("@name@", name)
        .replace("@Class@", className(name))
        .replace("@version@", ProgramVersion.own())
        .replace("@spi@", Integer.toString(SpiVersion.CURRENT));
  }
}
