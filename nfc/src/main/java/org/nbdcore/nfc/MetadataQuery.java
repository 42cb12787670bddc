package org.nbdcore.nfc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Queries a value of the disk's descriptor. */
final class MetadataQuery {

  private static final int LENGTH_AT = 12;
  private static final int LONGEST = 1 << 16;

  private MetadataQuery() {}

  static ControlOperation request(String key) {
    byte[] name = key.getBytes(StandardCharsets.US_ASCII);
    return ControlOperation.onFile(
        AioType.GET_METADATA,
        name,
        payload -> {
          int length = payload.getInt(LENGTH_AT);
          if (length < 0 || length > LONGEST) {
            throw new NfcProtocolException(
                "a value of " + Integer.toUnsignedString(length) + " bytes for " + key);
          }
          return length;
        },
        name.length,
        0);
  }

  static Optional<String> answer(ControlOperation reply) {
    ByteBuffer value = reply.data();
    return value.hasRemaining()
        ? Optional.of(StandardCharsets.US_ASCII.decode(value).toString())
        : Optional.empty();
  }
}
