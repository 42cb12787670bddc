package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.PluginProvider;

/** Each callback and function of nbdkit's interface has a counterpart that exists. */
class FromNbdkitPageTest {

  private static final Path PAGE = Path.of("../docs/from-nbdkit.md");
  private static final Path NAMES = Path.of("src/test/resources/nbdkit-1.48.txt");
  private static final List<String> PACKAGES =
      List.of("org.nbdcore.spi", "org.nbdcore.spi.helpers");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern TYPE = Pattern.compile("[A-Z][A-Za-z]*[a-z][A-Za-z]*");

  /** Code in the page that is not a name of the SPI. */
  private static final Set<String> OTHER =
      Set.of(
          "next",
          "context",
          "request",
          "with…",
          "Implementation-Version",
          "--single",
          "META-INF/services/org.nbdcore.spi.PluginProvider",
          "…FilterProvider",
          "NBDKIT_FUA_NATIVE",
          "NBDKIT_FUA_EMULATE");

  /** The rows of the tables: the names of nbdkit, and their counterparts here. */
  private static List<String[]> rows() throws IOException {
    List<String[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\|");
        rows.add(new String[] {cells[1], cells[2]});
      }
    }
    return rows;
  }

  private static List<String> names(String kind) throws IOException {
    return Files.readAllLines(NAMES).stream()
        .filter(line -> line.startsWith(kind + " "))
        .map(line -> line.substring(kind.length() + 1))
        .toList();
  }

  /** The first cells of the section of that title. */
  private static Set<String> named(String title) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("\n## " + title + "\n");
    assertThat(start).as(title).isNotNegative();
    int end = page.indexOf("\n## ", start + 1);
    Set<String> named = new HashSet<>();
    for (String line : page.substring(start, end).split("\n")) {
      if (line.startsWith("| `")) {
        Matcher code = CODE.matcher(line.split("\\|")[1]);
        while (code.find()) {
          named.add(code.group(1));
        }
      }
    }
    return named;
  }

  @Test
  void everyCallbackAndFunctionIsInThePage() throws IOException {
    assertThat(names("callback plugin")).hasSizeGreaterThan(39);
    assertThat(named("Callbacks of a plugin")).containsAll(names("callback plugin"));
    assertThat(names("callback filter")).hasSizeGreaterThan(39);
    assertThat(named("Callbacks of a filter")).containsAll(names("callback filter"));
    assertThat(names("function")).hasSizeGreaterThan(55);
    assertThat(named("Functions")).containsAll(names("function"));
  }

  @Test
  void everyCounterpartExists() throws Exception {
    Map<String, Class<?>> types = types();
    Set<String> members = new HashSet<>();
    for (Class<?> type : types.values()) {
      members.addAll(members(type));
    }
    List<String> unknown = new ArrayList<>();
    int checked = 0;
    for (String[] row : rows()) {
      Matcher code = CODE.matcher(row[1]);
      while (code.find()) {
        String text = code.group(1).replaceAll("\"[^\"]*\"", "").replaceFirst("^throw new ", "");
        for (String name : OTHER.contains(text) ? new String[0] : text.split("[(), ]+")) {
          if (OTHER.contains(name)) {
            continue;
          }
          checked++;
          if (!exists(name, types, members)) {
            unknown.add(code.group(1) + ": " + name);
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(checked).isGreaterThan(100);
  }

  /** Whether {@code Type}, {@code Type.member}, {@code member} or {@code object.member} exists. */
  private static boolean exists(String name, Map<String, Class<?>> types, Set<String> members) {
    String[] parts = name.split("\\.");
    String last = parts[parts.length - 1];
    if (parts.length == 2 && TYPE.matcher(parts[0]).matches()) {
      return types.containsKey(parts[0]) && members(types.get(parts[0])).contains(last);
    }
    if (parts.length == 2 && !OTHER.contains(parts[0])) {
      return false;
    }
    return types.containsKey(last) || members.contains(last);
  }

  private static Set<String> members(Class<?> type) {
    Set<String> members = new HashSet<>();
    for (Method method : type.getMethods()) {
      members.add(method.getName());
    }
    for (Field field : type.getFields()) {
      members.add(field.getName());
    }
    for (Field field : type.getDeclaredFields()) {
      members.add(field.getName()); // the protected next of FilterBlockDevice
    }
    return members;
  }

  /** The public types of the SPI by their simple names. */
  private static Map<String, Class<?>> types() throws Exception {
    Map<String, Class<?>> types = new HashMap<>();
    URI spi = PluginProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path location = Path.of(spi);
    if (Files.isDirectory(location)) {
      addTypes(location, types);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(location)) {
        addTypes(jar.getPath("/"), types);
      }
    }
    assertThat(types).containsKeys("Plugin", "SplitRequests");
    return types;
  }

  private static void addTypes(Path root, Map<String, Class<?>> types) throws Exception {
    for (String name : PACKAGES) {
      try (Stream<Path> files = Files.list(root.resolve(name.replace('.', '/')))) {
        for (Path file : files.toList()) {
          String simple = file.getFileName().toString().replace(".class", "");
          if (file.toString().endsWith(".class") && !simple.contains("-info")) {
            Class<?> type = Class.forName(name + "." + simple);
            types.put(type.getSimpleName(), type);
          }
        }
      }
    }
  }
}
