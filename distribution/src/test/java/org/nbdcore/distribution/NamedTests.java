package org.nbdcore.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The classes among the tests of all modules, by their simple names. */
final class NamedTests {

  private final Map<String, List<String>> sources = new HashMap<>();

  /** Looks below the folder of the whole project. */
  NamedTests(Path root) throws IOException {
    for (Path module : modules(root)) {
      Path tests = module.resolve("src/test/java");
      try (Stream<Path> files = Files.exists(tests) ? Files.walk(tests) : Stream.empty()) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(this::add);
      }
    }
  }

  /** The folders of all modules. */
  static List<Path> modules(Path root) throws IOException {
    List<Path> modules = new ArrayList<>();
    for (Path parent : List.of(root, root.resolve("plugins"), root.resolve("examples"))) {
      try (Stream<Path> children = Files.list(parent)) {
        children.filter(child -> Files.exists(child.resolve("pom.xml"))).forEach(modules::add);
      }
    }
    return modules;
  }

  private void add(Path file) {
    String name = file.getFileName().toString().replace(".java", "");
    try {
      sources.computeIfAbsent(name, n -> new ArrayList<>()).add(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there is such a {@code Name}, or {@code Name.method}, which may be inherited. */
  boolean has(String test) {
    int dot = test.indexOf('.');
    return dot < 0
        ? sources.containsKey(test)
        : hasMethod(test.substring(0, dot), test.substring(dot + 1));
  }

  private boolean hasMethod(String name, String method) {
    for (String source : sources.getOrDefault(name, List.of())) {
      Matcher parent = Pattern.compile("class " + name + " extends (\\w+)").matcher(source);
      if (source.contains("void " + method + "(")
          || parent.find() && hasMethod(parent.group(1), method)) {
        return true;
      }
    }
    return false;
  }
}
