package org.nbdcore.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Maven as an author of plugins uses it, outside this project. Its local repository has this
 * build's artifacts as {@code mvn install} would put them there; everything else is a link to the
 * repository of this build, so nothing has to be downloaded.
 */
final class ScratchMaven {

  /** What a plugin, a filter or an embedding program needs, and the folders of these modules. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "nbd-plugin-spi", "plugin-spi",
          "nbd-protocol", "nbd-protocol",
          "nbd-testkit", "testkit",
          "nbd-tls", "nbd-tls",
          "nbd-core", "nbd-core",
          "nbd-system-calls", "system-calls",
          "nbd-allocators", "allocators",
          "nbd-plugin-memory", "plugins/memory");

  private static final Map<String, String> POMS =
      Map.of("nbd-core-parent", "pom.xml", "nbd-bom", "bom/pom.xml");

  /** How long a build may take. */
  static final Duration LIMIT = Programs.TIMEOUT.multipliedBy(5);

  private final Sandbox box;
  private final Path repository;

  ScratchMaven(Sandbox box) throws IOException {
    this.box = box;
    repository = box.file("repository");
    link(Path.of(System.getProperty("nbdcore.maven.repository")), repository, "org");
    link(
        Path.of(System.getProperty("nbdcore.maven.repository"), "org"),
        repository.resolve("org"),
        "nbdcore");
    for (Map.Entry<String, String> pom : POMS.entrySet()) {
      install(pom.getKey(), Distribution.repository(pom.getValue()), ".pom");
    }
    for (Map.Entry<String, String> artifact : ARTIFACTS.entrySet()) {
      Path module = Distribution.repository(artifact.getValue());
      String jar = artifact.getKey() + "-" + Distribution.VERSION + ".jar";
      install(artifact.getKey(), module.resolve("pom.xml"), ".pom");
      install(artifact.getKey(), module.resolve("target").resolve(jar), ".jar");
    }
  }

  /** Links to all files of a folder but one. */
  private static void link(Path from, Path to, String except) throws IOException {
    Files.createDirectories(to);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        if (!file.getFileName().toString().equals(except)) {
          Files.createSymbolicLink(to.resolve(file.getFileName()), file);
        }
      }
    }
  }

  private void install(String artifact, Path file, String suffix) throws IOException {
    String version = Distribution.VERSION;
    Path folder = repository.resolve("org/nbdcore").resolve(artifact).resolve(version);
    Files.createDirectories(folder);
    Files.copy(file, folder.resolve(artifact + "-" + version + suffix));
  }

  /** Runs Maven in the folder of a project. */
  Ran run(Path project, String... words) {
    List<String> command = new ArrayList<>(List.of(System.getProperty("nbdcore.maven")));
    command.addAll(options());
    command.addAll(List.of(words));
    ProcessBuilder builder = box.builder(command).directory(project.toFile());
    environment().forEach(builder.environment()::put);
    return box.run(builder, LIMIT);
  }

  /** A folder with {@code mvn} for a shell. */
  Path script() throws IOException {
    Path folder = Files.createDirectories(box.file("maven"));
    StringBuilder text = new StringBuilder("#!/bin/sh\n");
    environment().forEach((key, value) -> text.append("export " + key + "='" + value + "'\n"));
    text.append("exec '" + System.getProperty("nbdcore.maven") + "'");
    options().forEach(option -> text.append(" '" + option + "'"));
    Path script = Files.writeString(folder.resolve("mvn"), text.append(" \"$@\"\n"));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private List<String> options() {
    return List.of("-B", "-q", "-Dmaven.repo.local=" + repository);
  }

  private static Map<String, String> environment() {
    Path java = Distribution.java();
    Path home = java.endsWith("bin/java") ? java.getParent().getParent() : java;
    return Map.of(
        "JAVA_HOME", home.toString(), "MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
  }
}
