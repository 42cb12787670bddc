package org.nbdcore.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The test classes of all modules, by their simple names. */
final class NamedTests {

  private final Map<String, List<String>> sources = new HashMap<>();

  /** Looks below the folder of the whole project. */
  NamedTests(Path root) throws IOException {
    for (Path module : modules(root)) {
      Path tests = module.resolve("src/test/java");
      try (Stream<Path> files = Files.exists(tests) ? Files.walk(tests) : Stream.empty()) {
        files.filter(file -> file.toString().matches(".*(Test|IT)\\.java")).forEach(this::add);
      }
    }
  }

  private static List<Path> modules(Path root) throws IOException {
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

  /** Whether there is such a {@code Name}, or {@code Name.method}. */
  boolean has(String test) {
    int dot = test.indexOf('.');
    if (dot < 0) {
      return sources.containsKey(test);
    }
    String method = "void " + test.substring(dot + 1) + "(";
    return sources.getOrDefault(test.substring(0, dot), List.of()).stream()
        .anyMatch(source -> source.contains(method));
  }
}
