package org.nbdcore.spi.helpers;

import java.io.IOException;
import org.nbdcore.spi.RequestType;

/** Checks requests before the next device receives them; see {@link BlockDevices#checked}. */
@FunctionalInterface
public interface RequestCheck {

  /**
   * Throws to refuse a request. Called on any thread, before every request on every path. Do not
   * block: the request may be asynchronous. If the next device declines a zero-copy or asynchronous
   * request, this method is called again for the blocking one.
   *
   * @param offset in bytes; 0 for a flush
   * @param length in bytes; 0 for a flush
   * @throws IOException to refuse the request; the client receives this error
   */
  void check(RequestType type, long offset, long length) throws IOException;
}
