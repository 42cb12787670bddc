package org.nbdcore.spi;

/**
 * A flag for developers, set with {@code -D plugin.name=N}.
 *
 * @param name without the plugin's or filter's own name
 * @param description one line for {@code --help}
 * @param initial its value where the command line does not set it
 */
public record DebugFlag(String name, String description, int initial) {}
