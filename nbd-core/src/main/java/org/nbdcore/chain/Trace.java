package org.nbdcore.chain;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;

/**
 * Which of the calls that pass through a chain are logged as debug messages, layer by layer: one
 * immutable value. It has no effect where debug messages are not logged.
 */
public final class Trace {

  /** Logs nothing. */
  public static final Trace NONE = new Trace(false, false);

  static final Log LOG = Log.of("");

  private final boolean control;
  private final boolean data;

  private Trace(boolean control, boolean data) {
    this.control = control;
    this.data = data;
  }

  /** Logs opening, closing, and what the server asks a disk once. */
  public boolean control() {
    return control;
  }

  /** Logs each request, which slows all of them down. */
  public boolean data() {
    return data;
  }

  /** Changes {@link #control}. */
  public Trace withControl(boolean value) {
    return new Trace(value, data);
  }

  /** Changes {@link #data}. */
  public Trace withData(boolean value) {
    return new Trace(control, value);
  }

  /** Shows that a layer is being opened. */
  void opening(String layer, OpenRequest request) {
    if (control) {
      LOG.debug(
          () ->
              layer
                  + ": open readonly="
                  + (request.readOnly() ? 1 : 0)
                  + " exportname=\""
                  + request.exportName()
                  + "\" tls="
                  + (request.tls() ? 1 : 0));
    }
  }

  /** The device itself, or one that shows what is asked of it. */
  BlockDevice over(String layer, BlockDevice device) {
    boolean shown = (control || data) && LOG.debugEnabled();
    return shown ? new TracingDevice(layer, device, this) : device;
  }
}
