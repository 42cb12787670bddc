package org.nbdcore.plugin.javasource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.testkit.CapturedLog;

/** Errors in a source file are reported with their line. */
@Tag("newest")
final class SourceErrorsTest {

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> Sources.create(file).close())
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void anErrorIsReportedWithItsLine() throws Exception {
    assertRefused(
        file("A.java", "class A {\n\n  int a = b;\n}\n"),
        "A.java:3: cannot find symbol, symbol: variable b, location: class A");
    assertRefused(file("B.java", "class B {\n  int a\n}\n"), "B.java:2: ';' expected");
  }

  @Test
  void severalErrorsAreLoggedInTheirOrder() throws Exception {
    try (CapturedLog log = CapturedLog.start(Log.Level.ERROR)) {
      assertRefused(
          file("C.java", "class C {\n  int a = true;\n\n  int b = 1.5;\n}\n"),
          "C.java has 2 errors");
      assertThat(log.withNames())
          .containsExactly(
              "java: C.java:2: incompatible types: boolean cannot be converted to int",
              "java: C.java:4: incompatible types: possible lossy conversion from double to int");
    }
  }

  @Test
  void aFileWithoutAPluginOrWithSeveralIsRefused() throws Exception {
    assertRefused(
        file("None.java", "class None {}\n"),
        "None.java has no class that implements PluginProvider, Plugin or BlockDevice of"
            + " org.nbdcore.spi");
    String two =
        """
        import org.nbdcore.spi.*;
        class First implements Plugin {
          public BlockDevice open(OpenRequest request) { return null; }
        }
        class Second extends First {}
        """;
    assertRefused(
        file("Two.java", two),
        "First, Second could each be the plugin of Two.java: give one of them the name of the"
            + " file");
    Sources.create(file("Second.java", two)).close();
  }

  @Test
  void exceptionOfTheConstructorIsReportedWithItsLine() throws Exception {
    String head = "import org.nbdcore.spi.*;\nclass D implements Plugin {\n";
    String open = "  public BlockDevice open(OpenRequest request) { return null; }\n}\n";
    assertRefused(
        file("D.java", head + "  D() { throw new IllegalStateException(\"no\"); }\n" + open),
        "D.java:3: java.lang.IllegalStateException: no");
    assertRefused(
        file("D.java", head + "\n  static final int ZERO = 0, N = 1 / ZERO;\n  D() {}\n" + open),
        "D.java:4: java.lang.ArithmeticException: / by zero");
    assertRefused(
        file("D.java", head + "  D(int size) {}\n" + open),
        "D.java: D needs a constructor without arguments, or with a Config");
  }

  @Test
  void aFileThatCannotBeReadIsRefused() throws Exception {
    Path none = folder.resolve("No.java");
    assertRefused(none, "script " + none + ": no such file");
    Path latin = Files.write(folder.resolve("L.java"), new byte[] {'/', '/', (byte) 0xe4});
    assertRefused(latin, "script " + latin + " is not text in UTF-8");
  }

  @Test
  void missingCompilerIsReported() throws Exception {
    SourceFile source = SourceFile.read(file("E.java", "class E {}").toString());
    assertThatThrownBy(() -> SourceCompiler.compile(null, source, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "the Java in "
                + System.getProperty("java.home")
                + " has no compiler: install a JDK, or set NBD_CORE_JAVA to one");
  }
}
