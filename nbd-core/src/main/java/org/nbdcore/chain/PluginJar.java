package org.nbdcore.chain;

import java.io.Closeable;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.SpiVersion;

/** A third-party jar: its class loader and its providers. */
final class PluginJar implements Closeable {

  /** Maximum number of broken providers. The search in a jar with more of them ends. */
  private static final int MAX_PROBLEMS = 20;

  private final Path path;
  private final URLClassLoader loader;
  private final List<PluginProvider> plugins = new ArrayList<>();
  private final List<FilterProvider> filters = new ArrayList<>();

  private PluginJar(Path path, URLClassLoader loader) {
    this.path = path;
    this.loader = loader;
  }

  /**
   * Opens a jar and creates its providers.
   *
   * @param problems receives the reason for each provider that cannot be used
   * @throws IOException if the file is not a jar, with the reason
   */
  static PluginJar open(Path path, ClassLoader parent, Consumer<String> problems)
      throws IOException {
    // A URLClassLoader silently ignores a file that it cannot read.
    try (JarFile jar = new JarFile(path.toFile())) {
      if (jar.getEntry("META-INF/services/" + PluginProvider.class.getName()) == null
          && jar.getEntry("META-INF/services/" + FilterProvider.class.getName()) == null) {
        throw new IOException(
            "it names no provider in META-INF/services/" + PluginProvider.class.getName());
      }
      checkVersion(jar);
    } catch (ZipException e) {
      ZipException explained = new ZipException("it is not a jar: " + e.getMessage());
      explained.initCause(e);
      throw explained;
    }
    URLClassLoader loader = new URLClassLoader(new URL[] {path.toUri().toURL()}, parent);
    PluginJar jar = new PluginJar(path, loader);
    ContextClassLoaders context = new ContextClassLoaders(loader);
    return context.during(
        () -> {
          jar.load(PluginProvider.class, jar.plugins, problems);
          jar.load(FilterProvider.class, jar.filters, problems);
          jar.plugins.removeIf(plugin -> !ProviderCheck.check(plugin, problems));
          jar.filters.removeIf(filter -> !ProviderCheck.check(filter, problems));
          jar.plugins.replaceAll(ThirdPartyProviders::plugin);
          jar.filters.replaceAll(ThirdPartyProviders::filter);
          return jar;
        });
  }

  /**
   * Checks the SPI version. A jar without the attribute is accepted; if it is incompatible, its
   * classes fail to link.
   */
  private static void checkVersion(JarFile jar) throws IOException {
    Manifest manifest = jar.getManifest();
    String version =
        manifest == null ? null : manifest.getMainAttributes().getValue(SpiVersion.ATTRIBUTE);
    if (version != null && !version.trim().equals(String.valueOf(SpiVersion.CURRENT))) {
      throw new IOException(
          "it was built for SPI " + version.trim() + "; this server has " + SpiVersion.CURRENT);
    }
  }

  private <P> void load(Class<P> type, List<P> found, Consumer<String> problems) {
    Iterator<P> iterator = ServiceLoader.load(type, loader).iterator();
    for (int failed = 0; failed < MAX_PROBLEMS; ) {
      try {
        if (!iterator.hasNext()) {
          return;
        }
        found.add(iterator.next());
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        failed++;
        problems.accept(LoadError.reason(e));
      }
    }
  }

  Path path() {
    return path;
  }

  List<PluginProvider> plugins() {
    return plugins;
  }

  List<FilterProvider> filters() {
    return filters;
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  @Override
  public String toString() {
    return path + ": " + plugins.size() + " plugins, " + filters.size() + " filters";
  }
}
