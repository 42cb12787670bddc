package org.nbdcore.plugin.cdi;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The source of an image: a registry or a layout. Used by one thread. */
interface ImageSource extends Closeable {

  /**
   * The manifest or index that the image's name denotes.
   *
   * @throws IOException also if its digest is not the one in the name
   */
  byte[] root() throws IOException;

  /** A manifest that an index refers to. The caller checks the digest. */
  InputStream manifest(BlobDescriptor manifest) throws IOException;

  /** A layer or a configuration. The caller checks the digest, and closes the stream. */
  InputStream blob(BlobDescriptor blob) throws IOException;

  /** The image's name for messages. */
  String shown();

  /**
   * Reads a small document completely.
   *
   * @param what for messages
   */
  static byte[] small(InputStream in, String what) throws IOException {
    byte[] bytes = in.readNBytes(ImageResolver.LARGEST_DOCUMENT + 1);
    if (bytes.length > ImageResolver.LARGEST_DOCUMENT) {
      throw new IOException(what + " is longer than " + ImageResolver.LARGEST_DOCUMENT + " bytes");
    }
    return bytes;
  }
}
