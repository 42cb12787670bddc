package org.nbdcore.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Converts private keys of older formats to PKCS#8 (RFC 5208), which the JDK reads. */
final class Pkcs8 {

  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;

  /** Of ECPrivateKey: {@code [0] parameters}, the curve (RFC 5915, section 3). */
  private static final int PARAMETERS = 0xa0;

  private static final byte[] VERSION = {2, 1, 0};

  /** AlgorithmIdentifier of an RSA key: rsaEncryption, NULL. */
  private static final byte[] RSA = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** The object identifier id-ecPublicKey. */
  private static final byte[] CURVE = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private Pkcs8() {}

  /** Wraps an RSAPrivateKey of PKCS#1. */
  static byte[] ofRsa(byte[] pkcs1) {
    return wrapped(RSA, pkcs1);
  }

  /**
   * Wraps an ECPrivateKey of SEC 1.
   *
   * @param parameters the curve, for a key that does not name it; may be null
   * @throws IOException if {@code sec1} is not such a key, or its curve is unknown
   */
  static byte[] ofCurve(byte[] sec1, byte @Nullable [] parameters) throws IOException {
    byte[] named = curve(sec1);
    byte[] curve = named != null ? named : parameters;
    if (curve == null) {
      throw new IOException("its private key does not say which curve it is for");
    }
    return wrapped(der(SEQUENCE, CURVE, curve), sec1);
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return der(SEQUENCE, VERSION, algorithm, der(OCTET_STRING, key));
  }

  /** The content of {@code [0] parameters}, or null. */
  private static byte @Nullable [] curve(byte[] sec1) throws IOException {
    try {
      ByteBuffer in = ByteBuffer.wrap(sec1);
      in.get();
      in.limit(length(in) + in.position());
      while (in.hasRemaining()) {
        int tag = in.get() & 0xff;
        byte[] content = new byte[length(in)];
        in.get(content);
        if (tag == PARAMETERS) {
          return content;
        }
      }
      return null;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("its private key is not in the form of SEC 1", e);
    }
  }

  /** Reads a length. Fails if it is greater than the remaining bytes. */
  private static int length(ByteBuffer in) {
    int first = in.get() & 0xff;
    int length = first;
    if (first >= 0x80) {
      length = 0;
      for (int i = first & 0x7f; i > 0; i--) {
        length = length << 8 | in.get() & 0xff;
      }
    }
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return length;
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
      out.write(0x80 | bytes);
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write(length >> shift);
      }
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
