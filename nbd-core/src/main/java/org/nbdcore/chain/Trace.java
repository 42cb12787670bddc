package org.nbdcore.chain;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;

/**
 * Which calls of a chain are logged as debug messages, in each layer. Has no effect if the log does
 * not show debug messages.
 *
 * @param control opening and closing, and the calls that each connection makes once
 * @param data reads, writes and all other requests. Logging each request makes the server slow
 */
public record Trace(boolean control, boolean data) {

  /** Logs no calls. */
  public static final Trace NONE = new Trace(false, false);

  static final Log LOG = Log.of("");

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
