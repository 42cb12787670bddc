package org.nbdcore.cli.config;

/**
 * A setting of {@code -D layer.flag=N}.
 *
 * @param layer the name of a plugin or filter, or of the server
 * @param flag the rest of the name, which may have dots
 * @param value any number
 */
public record DebugSetting(String layer, String flag, int value) {}
