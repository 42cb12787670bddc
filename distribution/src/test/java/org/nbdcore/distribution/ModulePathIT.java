package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars on the module path of an application. */
final class ModulePathIT {

  /**
   * The artifacts that a program needs to serve a plugin's disk and to read it. No other library is
   * needed.
   */
  private static final List<String> EMBEDDED =
      List.of(
          "nbd-core", "nbd-plugin-spi", "nbd-protocol", "nbd-tls", "nbd-client", "nbd-plugin-null");

  private static final String MODULE =
      """
      module application {
        requires org.nbdcore.spi;
        requires org.nbdcore.server;
        requires org.nbdcore.client;
        requires org.nbdcore.plugin.nulls;

        uses org.nbdcore.spi.PluginProvider;
      }
      """;

  private static final String MAIN =
      """
      package application;

      import java.net.InetAddress;
      import java.net.InetSocketAddress;
      import java.util.List;
      import java.util.ServiceLoader;
      import org.nbdcore.chain.Chain;
      import org.nbdcore.client.ConnectOptions;
      import org.nbdcore.client.NbdClient;
      import org.nbdcore.server.NbdServer;
      import org.nbdcore.server.ServerOptions;
      import org.nbdcore.spi.Config;
      import org.nbdcore.spi.PluginProvider;

      public final class Main {
        public static void main(String[] arguments) throws Exception {
          PluginProvider plugin = ServiceLoader.load(PluginProvider.class).iterator().next();
          Config config = Config.builder(plugin.parameters()).put("size", "3M").build();
          Chain chain = Chain.builder().plugin(plugin, config).build();
          InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
          try (NbdServer server = NbdServer.start(chain, ServerOptions.defaults(List.of(any)));
              NbdClient client =
                  NbdClient.connect(server.addresses().get(0), ConnectOptions.defaults())) {
            System.out.println(NbdServer.class.getModule().getName() + " " + client.size());
          }
        }
      }
      """;

  /** A row of the table of artifacts: the artifact and its module. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(nbd-[a-z-]+)`[^|]*\\| `([a-z.]+)` \\|");

  private static final Pattern MODULE_BLOCK = Pattern.compile("(?ms)^    module .*?^    \\}$");
  private static final Pattern PROGRAM = Pattern.compile("(?ms)^```java$(.*?)^```$");

  @TempDir private Path folder;

  private static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(Launched.HOME.resolve("lib"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("nbd-.*\\.jar"))
          .sorted()
          .toList();
    }
  }

  private static Path jar(String artifact) throws IOException {
    return jars().stream()
        .filter(jar -> jar.getFileName().toString().matches(artifact + "-\\d.*\\.jar"))
        .collect(Collectors.collectingAndThen(Collectors.toList(), found -> found.get(0)));
  }

  @Test
  void eachJarHasAModuleNameAndItsOwnPackages() throws Exception {
    Map<String, String> owners = new HashMap<>();
    assertThat(jars()).hasSizeGreaterThan(15);
    for (Path jar : jars()) {
      ModuleDescriptor module =
          ModuleFinder.of(jar).findAll().stream().findFirst().orElseThrow().descriptor();
      try (JarFile file = new JarFile(jar.toFile())) {
        assertThat(file.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
            .as(jar.toString())
            .startsWith("org.nbdcore.")
            .isEqualTo(module.name());
      }
      for (String name : module.packages()) {
        assertThat(owners.put(name, module.name())).as(name + " in " + jar).isNull();
        assertThat(name).as("a package of " + jar).startsWith(commonPart(module.name()));
      }
    }
  }

  /** The common prefix of a module's packages: the name of the module, with two exceptions. */
  private static String commonPart(String module) {
    return module.matches("org\\.nbdcore\\.(server|plugin\\.compose)") ? "org.nbdcore." : module;
  }

  @Test
  void modularApplicationServesAPluginWithoutOtherLibraries() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("sources/application"));
    Path module = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
    Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
    String path = modulePath(EMBEDDED);
    assertThat(compiled(path, module, main)).isTrue();
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                path,
                "--module",
                "application/application.Main")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(out)).isEqualTo("org.nbdcore.server " + (3 << 20) + "\n");
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void embeddingPageNamesTheModulesOfTheJars() throws IOException {
    Matcher row = ROW.matcher(embeddingPage());
    int rows = 0;
    while (row.find()) {
      try (JarFile file = new JarFile(jar(row.group(1)).toFile())) {
        assertThat(file.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
            .as(row.group())
            .isEqualTo(row.group(2));
      }
      rows++;
    }
    assertThat(rows).isGreaterThan(5);
  }

  @Test
  void programOfTheEmbeddingPageCompilesAsAModule() throws IOException {
    String page = embeddingPage();
    Path sources = Files.createDirectories(folder.resolve("sources/com/example/disk"));
    Path module =
        Files.writeString(
            folder.resolve("sources/module-info.java"), first(MODULE_BLOCK.matcher(page), 0));
    Path main =
        Files.writeString(
            sources.resolve("DiskServer.java"),
            "package com.example.disk;\n" + first(PROGRAM.matcher(page), 1));
    List<String> artifacts = new ArrayList<>(EMBEDDED);
    artifacts.add("nbd-plugin-memory");
    assertThat(compiled(modulePath(artifacts), module, main)).isTrue();
  }

  private static String embeddingPage() throws IOException {
    return Files.readString(Path.of("..", "docs", "embedding.md"));
  }

  private static String first(Matcher matcher, int group) {
    assertThat(matcher.find()).as(matcher.pattern().toString()).isTrue();
    return matcher.group(group);
  }

  private String modulePath(List<String> artifacts) throws IOException {
    StringBuilder path = new StringBuilder(folder.resolve("classes").toString());
    for (String artifact : artifacts) {
      path.append(File.pathSeparator).append(jar(artifact));
    }
    return path.toString();
  }

  private boolean compiled(String modulePath, Path... sources) {
    List<String> arguments =
        new ArrayList<>(
            List.of("--module-path", modulePath, "-d", folder.resolve("classes").toString()));
    for (Path source : sources) {
      arguments.add(source.toString());
    }
    return ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new))
        == 0;
  }
}
