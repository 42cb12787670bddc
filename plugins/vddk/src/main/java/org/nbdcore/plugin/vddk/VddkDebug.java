package org.nbdcore.plugin.vddk;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DebugFlag;

/**
 * The debug flags of nbdkit-vddk-plugin(1).
 *
 * @param diskInfo log the results of GetInfo
 * @param extents log the results of QueryAllocatedBlocks
 * @param dataPath log each read and write
 * @param stats log the time of each function at the end
 * @param nfc log each call and message of nbd-core's own client
 */
record VddkDebug(boolean diskInfo, boolean extents, boolean dataPath, boolean stats, boolean nfc) {

  static final DebugFlag DISKINFO = DebugFlag.of("diskinfo", "Show the result of VDDK's GetInfo");
  static final DebugFlag EXTENTS =
      DebugFlag.of("extents", "Show the result of VDDK's QueryAllocatedBlocks");
  static final DebugFlag DATAPATH =
      DebugFlag.of("datapath", "Show the calls that read and write; 0 hides them").withInitial(1);
  static final DebugFlag STATS =
      DebugFlag.of("stats", "Show at the end how long each function of VDDK took");

  static final DebugFlag NFC =
      DebugFlag.of("nfc", "Show each call and message of nbd-core's own client");

  static final List<DebugFlag> FLAGS = List.of(DISKINFO, EXTENTS, DATAPATH, STATS, NFC);

  static VddkDebug of(Config config) {
    return new VddkDebug(
        config.debug(DISKINFO) != 0,
        config.debug(EXTENTS) != 0,
        config.debug(DATAPATH) != 0,
        config.debug(STATS) != 0,
        config.debug(NFC) != 0);
  }
}
