package org.nbdcore.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.nbdcore.spi.PluginProvider;

/** Jars of plugins that the tests bring themselves. */
final class Jars {

  private Jars() {}

  /** A jar with a provider and the classes nested in it. */
  static void write(Path jar, Class<? extends PluginProvider> provider) throws IOException {
    String folder = provider.getPackageName().replace('.', '/');
    Path classes =
        Path.of(provider.getProtectionDomain().getCodeSource().getLocation().getPath())
            .resolve(folder);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        DirectoryStream<Path> files =
            Files.newDirectoryStream(classes, provider.getSimpleName() + "*.class")) {
      out.putNextEntry(new JarEntry("META-INF/services/" + PluginProvider.class.getName()));
      out.write(provider.getName().getBytes(StandardCharsets.UTF_8));
      for (Path file : files) {
        out.putNextEntry(new JarEntry(folder + "/" + file.getFileName()));
        Files.copy(file, out);
      }
    }
  }

  /** A jar whose service file names a class that is not there. */
  static void writeWithoutClass(Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/services/" + PluginProvider.class.getName()));
      out.write("org.example.Missing".getBytes(StandardCharsets.UTF_8));
    }
  }
}
