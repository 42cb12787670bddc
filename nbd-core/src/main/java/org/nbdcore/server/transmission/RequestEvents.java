package org.nbdcore.server.transmission;

import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** Hears of every request of one connection, when its result is known. Called by many threads. */
public interface RequestEvents {

  /**
   * The client learns whether a range holds data.
   *
   * @param data false if the range reads as zeroes
   */
  void extent(long offset, long length, boolean data);

  /**
   * The result is known, and the reply is about to be sent.
   *
   * @param error empty if it succeeded
   * @param nanos since the server read the request's header
   */
  void completed(RequestType type, long offset, long length, Optional<NbdError> error, long nanos);
}
