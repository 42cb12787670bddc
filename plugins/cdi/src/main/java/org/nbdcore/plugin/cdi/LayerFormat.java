package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.system.Zstd;
import org.nbdcore.system.ZstdInputStream;

/** Decompresses layers. */
final class LayerFormat {

  private static final int BUFFER = 1 << 16;

  private LayerFormat() {}

  /**
   * The uncompressed layer. As in podman, the first bytes of a tar file determine its compression,
   * because media types may be wrong. A layer that is not a tar file, such as that of an artifact,
   * is served unchanged.
   *
   * @param shown description of the layer, for messages
   */
  static InputStream uncompressed(VerifiedStream packed, String mediaType, String shown)
      throws IOException {
    if (mediaType.endsWith("+encrypted")) {
      throw new NbdException(
          NbdError.ENOTSUP,
          shown + " is encrypted (" + Excerpt.of(mediaType) + "), which is not supported");
    }
    if (!mediaType.matches(".*[./]tar([.+][a-z]+)?")) {
      return packed;
    }
    if (packed.startsWith(0x1f, 0x8b)) {
      return new GZIPInputStream(packed, BUFFER);
    }
    if (packed.startsWith(0x28, 0xb5, 0x2f, 0xfd)) {
      if (!Zstd.available()) {
        throw new NbdException(
            NbdError.ENOTSUP, shown + " is compressed with zstd, which needs libzstd");
      }
      return new ZstdInputStream(packed);
    }
    return packed;
  }
}
