package org.nbdcore.chain;

import org.nbdcore.spi.PluginProvider;

/**
 * The parent of every third-party jar's class loader. It exposes only the JDK and {@code
 * org.nbdcore.spi}, and hides the server, its plugins and filters, and their libraries.
 */
final class SpiLoader extends ClassLoader {

  private static final String SPI = PluginProvider.class.getPackageName() + ".";

  static {
    registerAsParallelCapable();
  }

  SpiLoader() {
    super("nbd-core-spi", ClassLoader.getPlatformClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith(SPI)) {
      return PluginProvider.class.getClassLoader().loadClass(name);
    }
    return super.loadClass(name, resolve);
  }
}
