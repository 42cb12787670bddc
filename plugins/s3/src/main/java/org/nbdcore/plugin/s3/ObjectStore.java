package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Objects of equal size, each a block of a disk. A missing object reads as zeroes. */
final class ObjectStore {

  private final S3Client client;
  private final String prefix;
  private final int size;
  private final Session session;

  ObjectStore(S3Client client, String prefix, int size, Session session) {
    this.client = client;
    this.prefix = prefix;
    this.size = size;
    this.session = session;
  }

  private String key(long block) {
    return prefix + "/" + HexFormat.of().toHexDigits(block);
  }

  /** Reads a part of a block. Empty if the object does not exist. */
  Optional<byte[]> read(long block, int start, int length) throws IOException {
    String key = key(block);
    boolean whole = length == size;
    String range = "bytes=" + start + "-" + (start + length - 1);
    return client.get(
        key,
        whole ? Optional.empty() : Optional.of(range),
        session,
        response -> {
          if (response.statusCode() == S3Client.NOT_FOUND) {
            return Optional.empty();
          }
          S3Client.expect(response, whole ? S3Client.OK : S3Client.PARTIAL, key);
          checkSize(response, key, whole, start, length);
          byte[] data = response.body().readNBytes(length);
          if (data.length < length) {
            throw new NbdException(NbdError.EIO, key + ": the reply is too short");
          }
          return Optional.of(data);
        });
  }

  private void checkSize(
      HttpResponse<InputStream> response, String key, boolean whole, int start, int length)
      throws NbdException {
    String name = whole ? "Content-Length" : "Content-Range";
    String found = response.headers().firstValue(name).orElse("");
    String wanted =
        whole ? String.valueOf(size) : "bytes " + start + "-" + (start + length - 1) + "/" + size;
    if (!found.equals(wanted)) {
      throw new NbdException(
          NbdError.EIO,
          key + " is not an object of " + size + " bytes: " + name + " is '" + found + "'");
    }
  }

  void write(long block, byte[] content) throws IOException {
    client.put(key(block), content, session);
  }

  void delete(long block) throws IOException {
    client.delete(key(block), session);
  }
}
