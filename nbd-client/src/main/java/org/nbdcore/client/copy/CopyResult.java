package org.nbdcore.client.copy;

/**
 * The result of a copy.
 *
 * @param bytes length of the source
 * @param sourceConnections connections to the source
 * @param destinationConnections connections to the destination
 * @param requests the most that were in flight
 * @param requestSize the longest, in bytes
 */
public record CopyResult(
    long bytes, int sourceConnections, int destinationConnections, int requests, int requestSize) {}
