package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** One object as a disk, which is read a range at a time. */
final class ObjectDevice implements BlockDevice {

  private final S3Client client;
  private final String key;
  private final long size;
  private final Session session;

  ObjectDevice(S3Client client, String key, long size, Session session) {
    this.client = client;
    this.key = key;
    this.size = size;
    this.session = session;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int length = dst.remaining();
    String last = offset + length - 1 + "/" + size;
    byte[] data =
        client.get(
            key,
            Optional.of("bytes=" + offset + "-" + (offset + length - 1)),
            session,
            response -> {
              S3Client.expect(response, S3Client.PARTIAL, key);
              String range = response.headers().firstValue("Content-Range").orElse("");
              if (!range.equals("bytes " + offset + "-" + last)) {
                throw new NbdException(
                    NbdError.EIO,
                    key + ": asked for bytes " + offset + "-" + last + ", got '" + range + "'");
              }
              return response.body().readNBytes(length);
            });
    dst.put(data);
    if (dst.hasRemaining()) {
      throw new NbdException(NbdError.EIO, key + ": the reply is too short");
    }
  }

  @Override
  public void close() {}
}
