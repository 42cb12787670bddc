package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Decompresses a layer into a file, and verifies its digests. */
final class LayerDownload {

  private static final int CHUNK = 1 << 17;

  private final ImageSource source;
  private final ImageLayer layer;
  private final String shown;

  LayerDownload(ImageSource source, ImageLayer layer) {
    this.source = source;
    this.layer = layer;
    this.shown = "layer " + layer.blob().digest() + " of " + source.shown();
  }

  /**
   * Copies the layer to the end of {@code file}.
   *
   * @throws IOException also if a digest is not the right one; the contents of the file are then
   *     not to be used
   */
  void to(AnonymousFile file) throws IOException {
    MessageDigest diff = layer.diffId().orElse(layer.blob().digest()).start();
    try (InputStream in = source.blob(layer.blob());
        VerifiedStream packed = new VerifiedStream(in, layer.blob(), shown)) {
      InputStream layerBytes = null;
      try {
        layerBytes = LayerFormat.uncompressed(packed, layer.blob().mediaType(), shown);
        copy(layerBytes, diff, file);
        packed.finish(); // closing the decompressor closes it
      } catch (NbdException e) {
        throw e;
      } catch (IOException e) {
        packed.finish(); // wrong bytes explain it better
        throw new NbdException(
            NbdError.EIO, shown + " cannot be decompressed: " + e.getMessage(), e);
      } finally {
        if (layerBytes != null) {
          layerBytes.close();
        }
      }
    }
    if (layer.diffId().isPresent()) {
      layer.diffId().get().check(diff, "uncompressed " + shown);
    }
  }

  private static void copy(InputStream in, MessageDigest digest, AnonymousFile file)
      throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
      digest.update(chunk, 0, count);
      file.write(ByteBuffer.wrap(chunk, 0, count));
    }
  }
}
