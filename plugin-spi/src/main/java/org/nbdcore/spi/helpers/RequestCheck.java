package org.nbdcore.spi.helpers;

import java.io.IOException;
import org.nbdcore.spi.RequestType;

/** Checks requests before the next device receives them; see {@link BlockDevices#checked}. */
@FunctionalInterface
public interface RequestCheck {

  /**
   * Throws to refuse a request. Called by any thread, before every request on every path. Do not
   * block: the request may be asynchronous. A request that the next device declines on one path
   * comes again on another.
   *
   * @param offset in bytes; 0 for a flush
   * @param length in bytes; 0 for a flush
   * @throws IOException what the client receives
   */
  void check(RequestType type, long offset, long length) throws IOException;
}
