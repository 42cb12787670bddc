package org.nbdcore.filter.blocksizepolicy;

import java.util.Locale;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.RequestCheck;

/**
 * Checks each request against the block sizes reported to the client.
 *
 * @param told block sizes reported to the client
 * @param below what the next device relies on
 * @param writeDisconnect the longest write that does not end the connection
 * @param size of the disk
 */
record BlocksizePolicy(
    BlockSizes told,
    BlockSizes below,
    ErrorPolicy policy,
    long writeDisconnect,
    Session session,
    long size)
    implements RequestCheck {

  @Override
  public void check(RequestType type, long offset, long length) throws NbdException {
    if (type == RequestType.WRITE && length > writeDisconnect) {
      session.disconnect(true);
      throw new NbdException(
          NbdError.ESHUTDOWN,
          "a write of "
              + length
              + " bytes is longer than blocksize-write-disconnect="
              + writeDisconnect);
    }
    if (type == RequestType.READ || type == RequestType.WRITE) {
      checkLength(type, length);
    }
    if (policy != ErrorPolicy.ALLOW) {
      boolean tail = policy == ErrorPolicy.ERROR && offset + length == size;
      checkAlignment(type, offset, tail ? told.minimum() : length, told.minimum());
    }
    checkAlignment(type, offset, length, below.minimum()); // the layer below relies on it
  }

  private void checkLength(RequestType type, long length) throws NbdException {
    long longest =
        policy == ErrorPolicy.ALLOW ? below.maximum() : Math.min(told.maximum(), below.maximum());
    if (length > longest) {
      throw new NbdException(
          NbdError.EINVAL,
          name(type) + " of " + length + " bytes is longer than the maximum of " + longest);
    }
  }

  private static void checkAlignment(RequestType type, long offset, long length, int block)
      throws NbdException {
    if (!Alignment.isAligned(offset | length, block)) {
      throw new NbdException(
          NbdError.EINVAL,
          name(type)
              + " of "
              + length
              + " bytes at "
              + offset
              + " is not aligned to the minimum block size of "
              + block);
    }
  }

  private static String name(RequestType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
