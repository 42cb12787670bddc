package org.nbdcore.plugin.javasource;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.PluginProvider;

/**
 * Loads the classes of a source file, then those of its libraries. It shares only the JDK and the
 * SPI with the server, like the class loader of a third-party jar.
 */
final class SourceClassLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private final Map<String, byte[]> classes;

  SourceClassLoader(Map<String, byte[]> classes, List<Path> libraries) {
    super("nbd-core-java", urls(libraries), new SpiLoader());
    this.classes = Map.copyOf(classes);
  }

  private static URL[] urls(List<Path> libraries) {
    URL[] urls = new URL[libraries.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = libraries.get(i).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e); // does not happen: the JDK supports file:
      }
    }
    return urls;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.get(name);
    return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
  }

  /** A call that may throw. */
  interface Call<T, E extends Exception> {
    T run() throws E;
  }

  /** A call that may fail and returns nothing. */
  interface Action {
    void run() throws IOException;
  }

  /** Executes a call with this as the context class loader, in which libraries look up services. */
  <T, E extends Exception> T during(Call<T, E> call) throws E {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(this);
    try {
      return call.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Like {@link #during}, for a call without a result. */
  void run(Action action) throws IOException {
    this.<Void, IOException>during(
        () -> {
          action.run();
          return null;
        });
  }

  /** Exposes only the JDK and the SPI. */
  private static final class SpiLoader extends ClassLoader {

    private static final String SPI = PluginProvider.class.getPackageName() + ".";

    static {
      registerAsParallelCapable();
    }

    SpiLoader() {
      super("nbd-core-java-spi", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(SPI)) {
        return PluginProvider.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
