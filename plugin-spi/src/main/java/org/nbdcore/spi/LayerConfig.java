package org.nbdcore.spi;

import java.util.List;

/**
 * The parameters of a layer below that has not been created yet; see {@link
 * FilterProvider#configureBelow}. Use this object only during that call, on the same thread.
 */
public interface LayerConfig {

  /** Returns the name of the plugin or filter. */
  String name();

  /** Returns true if the layer accepts a parameter with this key. */
  boolean accepts(String key);

  /**
   * Returns the layer's parameters in order: those of the user and those that filters nearer the
   * client added. The values are not parsed, so a password may still be {@code +FILE}. Never log
   * them.
   */
  List<Config.Entry> entries();

  /**
   * Adds a value after the existing ones. If the parameter is not repeatable, the last value
   * applies.
   *
   * @throws ConfigException if the layer does not accept this key or value
   */
  void add(String key, String value) throws ConfigException;

  /**
   * Replaces all values of a key with one.
   *
   * @throws ConfigException if the layer does not accept this key or value
   */
  default void set(String key, String value) throws ConfigException {
    remove(key);
    add(key, value);
  }

  /** Removes all values of a key, so that the parameter's default applies. */
  void remove(String key);
}
