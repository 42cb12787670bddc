package org.nbdcore.plugin.vddk;

import org.nbdcore.spi.Log;

/** Shows calls into VDDK under {@code -v}. */
record CallTrace(Log log, VddkDebug debug) {

  /** Shows a call. */
  void call(VddkFunction function, String arguments) {
    if (log.debugEnabled()) {
      log.debug("VDDK call: " + function.symbol() + " (" + arguments + ")");
    }
  }

  /** Shows a call that reads or writes, unless {@code -D vddk.datapath=0}. */
  void data(VddkFunction function, long start, long sectors) {
    if (debug.dataPath() && log.debugEnabled()) {
      call(function, start + ", " + sectors + " sectors");
    }
  }
}
