package org.nbdcore.plugin.nbd;

import java.io.IOException;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Converts failures of the client library to those of a plugin. */
final class RemoteErrors {

  private RemoteErrors() {}

  /** True if the connection is unusable after a failed request. */
  static boolean over(NbdClientException failure) {
    return failure.connectionLost() || failure.errorValue() == ErrorValue.ESHUTDOWN;
  }

  /** Creates the failure for the client, with the error of the remote server. */
  static NbdException of(IOException failure) {
    if (failure instanceof NbdException known) {
      return known;
    }
    NbdError error = NbdError.EIO;
    if (failure instanceof NbdClientException known) {
      error = known.error().orElse(error);
    }
    return new NbdException(error, failure.getMessage(), failure);
  }
}
