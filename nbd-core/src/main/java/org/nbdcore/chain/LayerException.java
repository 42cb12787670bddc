package org.nbdcore.chain;

import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A failure that already names the plugin or filter it came from. */
final class LayerException extends NbdException {

  private static final long serialVersionUID = 1L;

  private LayerException(NbdError error, String message, Throwable cause) {
    super(error, message, cause);
  }

  /** Adds the name of {@code layer} to {@code failure}, unless a layer below has added its own. */
  static LayerException in(String layer, String what, Throwable failure) {
    if (failure instanceof LayerException named) {
      return named;
    }
    NbdError error = failure instanceof NbdException known ? known.error() : NbdError.EIO;
    String message = layer + ": " + what + ": " + LoadError.within(layer, failure);
    return new LayerException(error, message, failure);
  }
}
