package org.nbdcore.filter.retry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * The properties that were reported to the client when it connected. They must be the same after
 * every reopening.
 *
 * @param size of the disk in bytes
 * @param capabilities of the device
 * @param description of the export
 * @param metaContexts in addition to {@code base:allocation}
 */
record ExportContract(
    long size, Capabilities capabilities, Optional<String> description, List<String> metaContexts) {

  static ExportContract of(BlockDevice device) throws IOException {
    return new ExportContract(
        device.size(),
        device.capabilities(),
        device.description(),
        BlockDevices.metaContexts(device));
  }

  /**
   * Checks a reopened device.
   *
   * @param readOnly whether it was opened read-only on purpose
   * @throws NbdException if its properties differ
   */
  void check(BlockDevice device, boolean readOnly) throws IOException {
    long newSize = device.size();
    if (newSize != size) {
      throw broken("its size changed from " + size + " to " + newSize + " bytes");
    }
    Capabilities now = device.capabilities();
    if (!readOnly && capabilities.write()) {
      lost("write", true, now.write());
      lost("flush", capabilities.flush(), now.flush());
      lost("trim", capabilities.trim(), now.trim());
      lost("zero", capabilities.zero(), now.zero());
      lost("fast zero", capabilities.fastZero(), now.fastZero());
      lost("FUA", capabilities.fua(), now.fua());
    }
    lost("extents", capabilities.extents(), now.extents());
    lost("cache", capabilities.cache(), now.cache());
    lost("multi-conn", capabilities.multiConn(), now.multiConn());
    lost("its meta contexts", true, BlockDevices.metaContexts(device).containsAll(metaContexts));
    BlockSizes then = capabilities.blockSizes();
    if (now.blockSizes().minimum() > then.minimum()
        || now.blockSizes().maximum() < then.maximum()) {
      throw broken("its block sizes changed from " + then + " to " + now.blockSizes());
    }
  }

  private static void lost(String what, Support then, Support now) throws NbdException {
    lost(what, then == Support.NATIVE, now == Support.NATIVE);
  }

  private static void lost(String what, boolean then, boolean now) throws NbdException {
    if (then && !now) {
      throw broken("it no longer offers " + what);
    }
  }

  private static NbdException broken(String why) {
    return new NbdException(NbdError.EIO, "the disk was reopened, but " + why);
  }
}
