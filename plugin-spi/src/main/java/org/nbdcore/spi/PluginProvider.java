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
   * Whether keys that are not declared are accepted too; they reach the plugin through {@link
   * Config#entries()}. Without a magic parameter, bare words do too: the first one as {@code
   * script}, the others under an empty key.
   */
  default boolean acceptsAnyKey() {
    return false;
  }

  /**
   * The thread model that {@code --dump-plugin} shows if the plugin cannot be created, because
   * required parameters are missing: what {@link Plugin#threadModel} answers at best.
   */
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Adds the plugin's own lines to {@code --dump-plugin}. Required parameters may be missing from
   * {@code config}. Omits values that cannot be determined, and reports them with {@link
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
