package org.nbdcore.chain;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;

/**
 * Which calls of a chain are logged as debug messages, in each layer: one immutable value. Has no
 * effect if the log does not show debug messages.
 */
public final class Trace {

  /** Logs no calls. */
  public static final Trace NONE = new Trace(false, false);

  static final Log LOG = Log.of("");

  private final boolean control;
  private final boolean data;

  private Trace(boolean control, boolean data) {
    this.control = control;
    this.data = data;
  }

  /** True to log opening and closing, and the calls that each connection makes once. */
  public boolean control() {
    return control;
  }

  /**
   * True to log reads, writes and all other requests. Logging each request makes the server slow.
   */
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

  /** Logs that a layer opens a device. */
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

  /** Returns the device itself, or a device that logs its calls. */
  BlockDevice over(String layer, BlockDevice device) {
    boolean shown = (control || data) && LOG.debugEnabled();
    return shown ? new TracingDevice(layer, device, this) : device;
  }
}
