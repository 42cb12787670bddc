package org.nbdcore.client.copy;

/**
 * Statistics of a copy.
 *
 * @param bytes length of the source, in bytes
 * @param sourceConnections number of connections to the source
 * @param destinationConnections number of connections to the destination
 * @param requests maximum number of requests in flight
 * @param requestSize maximum length of a request, in bytes
 */
public record CopyResult(
    long bytes, int sourceConnections, int destinationConnections, int requests, int requestSize) {}
