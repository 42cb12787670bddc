package org.nbdcore.spi;

import java.util.List;

/**
 * The parameters of a layer that does not exist yet, for a filter above it; see {@link
 * FilterProvider#configureBelow}. Use it during that call only, on the same thread.
 */
public interface LayerConfig {

  /** The name of the plugin or filter. */
  String name();

  /** True if the layer takes a parameter of this key. */
  boolean takes(String key);

  /**
   * What the layer was given, in order: by the user and by filters further up. Values are as
   * written, so a password may be {@code +FILE}. Never log them.
   */
  List<Config.Entry> entries();

  /**
   * Adds a value after those that the layer has. If the parameter is not repeatable, the last value
   * counts.
   *
   * @throws ConfigException if the layer does not take this key or value
   */
  void add(String key, String value) throws ConfigException;

  /**
   * Replaces all values of a key by one.
   *
   * @throws ConfigException if the layer does not take this key or value
   */
  default void set(String key, String value) throws ConfigException {
    remove(key);
    add(key, value);
  }

  /** Removes all values of a key, so that the parameter's default counts. */
  void remove(String key);
}
