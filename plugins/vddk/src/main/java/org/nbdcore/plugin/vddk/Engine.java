package org.nbdcore.plugin.vddk;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.OpenRequest;

/** The engine that opens disks: VMware's library, or one of nbd-core's own clients. */
interface Engine extends Closeable {

  /**
   * Opens a disk for one connection.
   *
   * @param path of its file, in a datastore or on this machine
   */
  BlockDevice open(String path, OpenRequest request) throws IOException;

  /** Reports its counters; see {@link org.nbdcore.spi.Plugin#counters}. */
  default void counters(CounterSink sink) {}

  @Override
  default void close() throws IOException {}
}
