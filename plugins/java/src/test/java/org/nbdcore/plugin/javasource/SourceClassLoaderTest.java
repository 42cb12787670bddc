package org.nbdcore.plugin.javasource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;

/** Which classes and resources a source file can use, and until when. */
final class SourceClassLoaderTest {

  /** A plugin that throws an exception whose message is the value of an expression. */
  private static final String PLUGIN =
      """
      import java.io.IOException;
      import org.nbdcore.spi.*;
      class Looks implements Plugin {
        public BlockDevice open(OpenRequest request) { return null; }
        public void preconnect(Session session) throws IOException {
          throw new IOException(%s);
        }
      }
      """;

  @TempDir Path folder;

  private Path plugin(String expression) throws IOException {
    return Files.writeString(folder.resolve("Looks.java"), PLUGIN.formatted(expression));
  }

  /** A jar with one class, {@code lib.Answer}, and the text {@code answer.txt}. */
  private Path library(String name, String answer) throws Exception {
    Path source = Files.createDirectories(folder.resolve("src")).resolve("Answer.java");
    Files.writeString(
        source,
        "package lib; public class Answer { public static String get() { return \""
            + answer
            + "\"; } }");
    Map<String, byte[]> classes =
        SourceCompiler.compile(SourceFile.read(source.toString()), List.of());
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry("lib/Answer.class"));
      out.write(classes.get("lib.Answer"));
      out.putNextEntry(new JarEntry("answer.txt"));
      out.write(answer.getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static void assertAnswers(Plugin plugin, String answer) {
    assertThatThrownBy(() -> plugin.preconnect(Session.DETACHED)).hasMessage(answer);
  }

  @Test
  void pluginsUseDifferentVersionsOfALibrary() throws Exception {
    Path file = plugin("lib.Answer.get()");
    Path one = library("one.jar", "one");
    Path two = library("two.jar", "two");
    try (Plugin first = Sources.create(file, "java-classpath=" + one);
        Plugin second = Sources.create(file, "java-classpath=:" + folder + ":" + two)) {
      assertAnswers(first, "one");
      assertAnswers(second, "two");
    }
    assertThatThrownBy(() -> Sources.create(file).close())
        .isInstanceOf(ConfigException.class)
        .hasMessage("Looks.java:6: package lib does not exist");
  }

  @Test
  void theContextClassLoaderIsThatOfTheFile() throws Exception {
    Path file =
        plugin(
            "\"\" + (Thread.currentThread().getContextClassLoader()"
                + " == Looks.class.getClassLoader())");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (Plugin plugin = Sources.create(file)) {
      assertAnswers(plugin, "true");
    }
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void theServerAndItsLibrariesAreHidden() throws Exception {
    for (String hidden : List.of("org.nbdcore.server.NbdServer", "org.junit.jupiter.api.Test")) {
      Class.forName(hidden); // the test sees it
      assertThatThrownBy(() -> Sources.create(plugin(hidden + ".class.getName()")).close())
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("Looks.java:6: package ");
    }
    Path file = plugin("SpiVersion.class.getName()");
    try (Plugin plugin = Sources.create(file)) {
      assertAnswers(plugin, "org.nbdcore.spi.SpiVersion");
    }
  }

  @Test
  void librariesAreClosedWithThePlugin() throws Exception {
    Path file = plugin("\"\" + Looks.class.getResource(\"/answer.txt\")");
    Path jar = library("answer.jar", "one");
    Plugin plugin = Sources.create(file, "java-classpath=" + jar);
    assertAnswers(plugin, "jar:" + jar.toUri().toURL() + "!/answer.txt");
    plugin.close();
    assertAnswers(plugin, "null");
  }
}
