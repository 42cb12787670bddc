package org.nbdcore.testkit;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.PluginProvider;

/** A provider in its own class loader, which shares only the SPI and the JDK with the test. */
final class IsolatedProvider implements AutoCloseable {

  /** A test of the provider. */
  interface Body {
    void run(PluginProvider provider) throws Exception;
  }

  /** Finds only the classes of the SPI and the JDK. */
  private static final class SpiLoader extends ClassLoader {
    private static final String SPI = PluginProvider.class.getPackageName() + ".";

    SpiLoader() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return name.startsWith(SPI)
          ? PluginProvider.class.getClassLoader().loadClass(name)
          : super.loadClass(name, resolve);
    }
  }

  private final URLClassLoader loader;
  private final PluginProvider provider;

  private IsolatedProvider(URLClassLoader loader, PluginProvider provider) {
    this.loader = loader;
    this.provider = provider;
  }

  /** True if {@code ServiceLoader} could make the provider. */
  static boolean isPossible(PluginProvider provider) {
    try {
      Constructor<?> constructor = provider.getClass().getConstructor();
      return Modifier.isPublic(constructor.getModifiers())
          && Modifier.isPublic(provider.getClass().getModifiers());
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /** Loads the provider's class and its dependencies again. */
  static IsolatedProvider of(PluginProvider provider) throws Exception {
    URLClassLoader loader = new URLClassLoader(classPath(provider), new SpiLoader());
    try {
      Class<?> type = loader.loadClass(provider.getClass().getName());
      return new IsolatedProvider(
          loader, (PluginProvider) type.getDeclaredConstructor().newInstance());
    } catch (Exception | LinkageError e) {
      loader.close();
      throw e;
    }
  }

  private static URL[] classPath(PluginProvider provider) throws IOException {
    if (provider.getClass().getClassLoader() instanceof URLClassLoader known) {
      return known.getURLs();
    }
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(new File(entry).toURI().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  /** Runs {@code body} with the provider's class loader as the thread's, as the server does. */
  void run(Body body) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      body.run(provider);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
