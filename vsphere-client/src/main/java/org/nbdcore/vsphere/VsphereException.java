package org.nbdcore.vsphere;

import java.io.IOException;

/** The server could not be reached, or sent an answer that this client does not understand. */
public class VsphereException extends IOException {
  private static final long serialVersionUID = 1;

  VsphereException(String message) {
    super(message);
  }

  VsphereException(String message, Throwable cause) {
    super(message, cause);
  }
}
