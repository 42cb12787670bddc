package org.nbdcore.plugin.s3;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.RangeLocks;

/** One object, or many of equal size. */
final class S3Plugin implements Plugin {

  private final AwsAccount account;
  private final Bucket bucket;
  private final String key;
  private final long size; // -1 for that of the one object
  private final int objectSize;

  /** Serializes the writes of all clients to one object. */
  private final RangeLocks locks = new RangeLocks();

  private S3Client client; // null until started

  S3Plugin(AwsAccount account, Bucket bucket, String key, long size, int objectSize) {
    this.account = account;
    this.bucket = bucket;
    this.key = key;
    this.size = size;
    this.objectSize = objectSize;
  }

  @Override
  public void start(StartContext context) {
    client = new S3Client(account, bucket);
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    Session session = request.session();
    if (size < 0) {
      return new ObjectDevice(client, key, client.length(key, session), session);
    }
    ObjectStore objects = new ObjectStore(client, key, objectSize, session);
    return new BlocksDevice(objects, size, objectSize, locks, request.readOnly());
  }
}
