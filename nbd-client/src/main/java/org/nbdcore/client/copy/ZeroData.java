package org.nbdcore.client.copy;

import java.io.IOException;
import org.nbdcore.spi.Zeroes;

/** Writes zeroes to a target that has no faster way. */
final class ZeroData {

  private ZeroData() {}

  /** Writes zeroes as data. */
  static void write(CopyTarget target, int worker, long offset, long length) throws IOException {
    int step = Math.min(Zeroes.LARGEST_BUFFER, target.maximumRequest());
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(step, length - done);
      target.write(worker, Zeroes.buffer(count), offset + done);
      done += count;
    }
  }
}
