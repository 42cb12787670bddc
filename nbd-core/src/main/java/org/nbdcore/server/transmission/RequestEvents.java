package org.nbdcore.server.transmission;

import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** Receives the events of one connection's requests. Must be safe for use by several threads. */
public interface RequestEvents {

  /**
   * Called for each extent of a block status reply.
   *
   * @param data false if the range reads as zeroes
   */
  void extent(long offset, long length, boolean data);

  /**
   * Called when the result is known, before the reply is sent.
   *
   * @param error empty if the request succeeded
   * @param nanos time since the server read the request's header
   */
  void completed(RequestType type, long offset, long length, Optional<NbdError> error, long nanos);
}
