package org.nbdcore.client;

/**
 * An export as a server lists it.
 *
 * @param name what to ask for
 * @param description text for a person, possibly empty
 */
public record ListedExport(String name, String description) {}
