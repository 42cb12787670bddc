package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.nbdcore.spi.SpiVersion;

/** Compiles sources and packs a jar, as the author of a plugin would. */
final class TestJar {

  private final Path folder;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> services = new LinkedHashMap<>();
  private final List<String> excluded = new ArrayList<>();
  private final Manifest manifest = new Manifest();

  /**
   * Creates an empty jar.
   *
   * @param folder where sources and classes are put
   */
  TestJar(Path folder) {
    this.folder = folder;
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
  }

  TestJar source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** A plugin that serves nothing, in the package {@code third}. */
  TestJar plugin(String className, String name) {
    services.merge("PluginProvider", "third." + className + "\n", String::concat);
    return source(className, pluginSource(className, name, ""));
  }

  static String pluginSource(String className, String name, String more) {
    return "package third; import org.nbdcore.spi.*; import java.util.List;"
        + ("public final class " + className + " implements PluginProvider {")
        + ("public String name() { return \"" + name + "\"; }")
        + "public String description() { return \"from a jar\"; }"
        + "public List<Parameter<?>> parameters() { return List.of(); }"
        + "public Plugin create(Config config) { return null; }"
        + more
        + "}";
  }

  /** A filter that changes nothing, in the package {@code third}. */
  TestJar filter(String className, String name) {
    services.merge("FilterProvider", "third." + className + "\n", String::concat);
    return source(
        className,
        "package third; import org.nbdcore.spi.*; import java.util.List;"
            + ("public final class " + className + " implements FilterProvider {")
            + ("public String name() { return \"" + name + "\"; }")
            + "public String description() { return \"from a jar\"; }"
            + "public List<Parameter<?>> parameters() { return List.of(); }"
            + "public Filter create(Config config) { return new Filter() {}; } }");
  }

  TestJar service(String type, String className) {
    services.merge(type, className + "\n", String::concat);
    return this;
  }

  /** Leaves a compiled class out of the jar. */
  TestJar without(String className) {
    excluded.add(className + ".class");
    return this;
  }

  /** Names the version of the SPI that the jar was built for. */
  TestJar builtFor(String version) {
    manifest.getMainAttributes().putValue(SpiVersion.ATTRIBUTE, version);
    return this;
  }

  /** Names libraries that lie beside the jar. */
  TestJar classPath(String names) {
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, names);
    return this;
  }

  Path write(Path jar) throws IOException {
    Path classes = compile();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!excluded.contains(file.getFileName().toString())) {
          out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
          out.write(Files.readAllBytes(file));
        }
      }
      for (Map.Entry<String, String> service : services.entrySet()) {
        out.putNextEntry(new JarEntry("META-INF/services/org.nbdcore.spi." + service.getKey()));
        out.write(service.getValue().getBytes());
      }
    }
    return jar;
  }

  private Path compile() throws IOException {
    Path classes = Files.createTempDirectory(folder, "classes");
    if (sources.isEmpty()) {
      return classes;
    }
    Path sourceFolder = Files.createTempDirectory(folder, "sources");
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = sourceFolder.resolve(source.getKey() + ".java");
      files.add(Files.writeString(file, source.getValue()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              classes.toString(),
              "-proc:none",
              "-cp",
              System.getProperty("java.class.path"),
              "--release",
              "17");
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
    return classes;
  }
}
