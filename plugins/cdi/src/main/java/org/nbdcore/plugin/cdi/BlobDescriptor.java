package org.nbdcore.plugin.cdi;

import java.util.Optional;

/**
 * A reference to a blob (OCI Image Specification, "Content Descriptors").
 *
 * @param size in bytes
 * @param platform that an index gives for a manifest
 * @param refName the tag that a layout's index gives for a manifest
 */
record BlobDescriptor(
    String mediaType,
    ContentDigest digest,
    long size,
    Optional<Platform> platform,
    Optional<String> refName) {

  @Override
  public String toString() {
    return digest + " (" + mediaType + ", " + size + " bytes)";
  }
}
