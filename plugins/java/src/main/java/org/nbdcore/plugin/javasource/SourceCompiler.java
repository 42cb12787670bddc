package org.nbdcore.plugin.javasource;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.PluginProvider;

/** Compiles one source file in memory, against the SPI and the libraries that it names. */
final class SourceCompiler {

  private static final Log LOG = Log.of("java");

  private SourceCompiler() {}

  /**
   * Compiles.
   *
   * @return the classes by their binary names, in their order in the source file
   * @throws ConfigException naming the first line that is wrong; if there are several, they are
   *     logged
   */
  static Map<String, byte[]> compile(SourceFile source, List<Path> libraries)
      throws ConfigException {
    return compile(ToolProvider.getSystemJavaCompiler(), source, libraries);
  }

  static Map<String, byte[]> compile(JavaCompiler compiler, SourceFile source, List<Path> libraries)
      throws ConfigException {
    if (compiler == null) {
      throw new ConfigException(
          "the Java in "
              + System.getProperty("java.home")
              + " has no compiler: install a JDK, or set NBD_CORE_JAVA to one");
    }
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> options = List.of("-g", "-proc:none", "-classpath", classPath(libraries));
    try (MemoryFiles files =
        new MemoryFiles(compiler.getStandardFileManager(diagnostics, Locale.ROOT, null))) {
      boolean compiled =
          compiler.getTask(null, files, diagnostics, options, null, List.of(source)).call();
      if (!compiled) {
        throw refusal(source, diagnostics.getDiagnostics());
      }
      return files.classes();
    } catch (IOException e) {
      throw new ConfigException(source.name() + " cannot be compiled: " + e.getMessage(), e);
    }
  }

  /** The SPI, as a jar or a folder of classes, and the libraries. */
  private static String classPath(List<Path> libraries) throws ConfigException {
    List<String> paths = new ArrayList<>();
    CodeSource spi = PluginProvider.class.getProtectionDomain().getCodeSource();
    try {
      paths.add(Path.of(spi.getLocation().toURI()).toString());
    } catch (URISyntaxException e) {
      throw new ConfigException("the SPI has no path: " + spi.getLocation(), e);
    }
    libraries.forEach(library -> paths.add(FileNames.text(library)));
    return String.join(File.pathSeparator, paths);
  }

  private static ConfigException refusal(
      SourceFile source, List<Diagnostic<? extends JavaFileObject>> diagnostics) {
    List<String> errors = new ArrayList<>();
    for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        errors.add(line(source, diagnostic));
      }
    }
    if (errors.size() == 1) {
      return new ConfigException(errors.get(0));
    }
    errors.forEach(LOG::error);
    return new ConfigException(source.name() + " has " + errors.size() + " errors");
  }

  /** The message on one line: the compiler explains symbols on further ones. */
  private static String line(SourceFile source, Diagnostic<? extends JavaFileObject> diagnostic) {
    String message =
        diagnostic
            .getMessage(Locale.ROOT)
            .lines()
            .map(line -> line.strip().replaceAll(" +", " "))
            .collect(Collectors.joining(", "));
    return diagnostic.getLineNumber() == Diagnostic.NOPOS
        ? source.name() + ": " + message
        : source.name() + ":" + diagnostic.getLineNumber() + ": " + message;
  }
}
