package org.nbdcore.client;

/**
 * An export in a server's list.
 *
 * @param name the name to open it by
 * @param description text for the user, possibly empty
 */
public record ListedExport(String name, String description) {}
