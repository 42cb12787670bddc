package org.nbdcore.spi;

/**
 * The service type of plugins: a stateless description that creates configured plugins.
 *
 * <p>List the implementation in {@code META-INF/services/org.nbdcore.spi.PluginProvider}. It needs
 * a public constructor without arguments. The constructor and all methods except {@link #create}
 * and {@link #dump} must be cheap and must not access a backend. The reason: {@code --help} calls
 * them for every plugin on the path.
 */
public interface PluginProvider extends LayerProvider {

  /**
   * True if the plugin accepts keys that are not declared. Read them with {@link Config#entries()}.
   * If the plugin has no {@linkplain Parameter#magic magic} parameter, it also receives bare words:
   * the first under the key {@code script}, the others under an empty key.
   */
  default boolean acceptsAnyKey() {
    return false;
  }

  /**
   * The most permissive thread model of this plugin. {@code --dump-plugin} shows it if the plugin
   * cannot be created because required parameters are missing.
   */
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Adds the plugin's own lines to {@code --dump-plugin}. Required parameters may be missing from
   * {@code config}. Omit values that you cannot determine, and report them with {@link
   * DumpSink#error}.
   */
  default void dump(Config config, DumpSink out) {}

  /**
   * Creates a plugin. You may check the parameters here, but do not start a thread or open a disk.
   *
   * @throws ConfigException naming the parameter, its value and what was expected
   */
  Plugin create(Config config) throws ConfigException;
}
