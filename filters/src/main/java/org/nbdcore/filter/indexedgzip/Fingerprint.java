package org.nbdcore.filter.indexedgzip;

import java.io.IOException;
import java.util.zip.CRC32;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * Identifies a gzip file.
 *
 * @param size in bytes
 * @param sample CRC-32 of its start and its end
 */
record Fingerprint(long size, long sample) {

  private static final int SAMPLE = 1 << 16;

  static Fingerprint of(BlockDevice packed) throws IOException {
    long size = BlockDeviceInputStream.readable(packed);
    int length = (int) Math.min(SAMPLE, size);
    CRC32 crc = new CRC32();
    if (length > 0) {
      UnalignedReader reader = new UnalignedReader(packed);
      crc.update(reader.read(0, length));
      crc.update(reader.read(size - length, length));
    }
    return new Fingerprint(size, crc.getValue());
  }
}
