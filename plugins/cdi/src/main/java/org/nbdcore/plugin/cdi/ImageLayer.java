package org.nbdcore.plugin.cdi;

import java.util.Optional;

/**
 * A layer of an image.
 *
 * @param blob as it is stored, usually compressed
 * @param diffId digest of the uncompressed layer, if the image's configuration has it
 */
record ImageLayer(BlobDescriptor blob, Optional<ContentDigest> diffId) {}
