package org.nbdcore.chain;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;

/**
 * Which of the calls that pass through a chain are shown as debug messages, layer by layer; none is
 * where debug messages are not shown.
 *
 * @param control opening, closing and what is asked of a disk once
 * @param data reading, writing and the other requests; shown one by one, which makes all slower
 */
public record Trace(boolean control, boolean data) {

  /** Nothing is shown. */
  public static final Trace NONE = new Trace(false, false);

  static final Log LOG = Log.of("");

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
