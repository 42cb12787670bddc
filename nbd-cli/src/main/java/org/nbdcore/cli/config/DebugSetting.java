package org.nbdcore.cli.config;

/**
 * What {@code -D layer.flag=N} asks for.
 *
 * @param layer the name of a plugin or filter, or of the server
 * @param flag the rest of the name, which may have dots
 * @param value any number
 */
public record DebugSetting(String layer, String flag, int value) {}
