package org.nbdcore.spi;

/**
 * An entry of the list of exports.
 *
 * @param name what a client sends to open it, at most 4096 bytes of UTF-8
 * @param description text for a person, or the empty string
 */
public record Export(String name, String description) {}
