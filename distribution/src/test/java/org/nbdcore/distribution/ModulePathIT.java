package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars on the module path of an application. */
final class ModulePathIT {

  /** All that a program needs to serve a plugin's disk and to read it: ours, and no others. */
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
  void eachJarIsAModuleThatItsManifestNamesAndHasPackagesOfItsOwn() throws Exception {
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

  /** What the packages of a module begin with: its own name, but for the server's. */
  private static String commonPart(String module) {
    return module.matches("org\\.nbdcore\\.(server|plugin\\.compose)") ? "org.nbdcore." : module;
  }

  @Test
  void anApplicationOfModulesServesAPluginWithoutOtherLibraries() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("sources/application"));
    Path module = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
    Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
    StringBuilder path = new StringBuilder(folder.resolve("classes").toString());
    for (String artifact : EMBEDDED) {
      path.append(File.pathSeparator).append(jar(artifact));
    }
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--module-path",
                path.toString(),
                "-d",
                folder.resolve("classes").toString(),
                module.toString(),
                main.toString());
    assertThat(compiled).isZero();
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                path.toString(),
                "--module",
                "application/application.Main")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(out)).isEqualTo("org.nbdcore.server " + (3 << 20) + "\n");
    assertThat(process.exitValue()).isZero();
  }
}
