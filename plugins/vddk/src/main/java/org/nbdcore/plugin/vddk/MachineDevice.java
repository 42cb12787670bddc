package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;

/** A disk with what the vSphere API knows about it: a description, and what has changed. */
final class MachineDevice extends PassThroughDevice {

  private final String description;

  /** Null to report the disk's own extents. */
  private final ChangedAreas changedOnly;

  MachineDevice(BlockDevice next, String description, ChangedAreas changedOnly) {
    super(next);
    this.description = description;
    this.changedOnly = changedOnly;
  }

  @Override
  public Optional<String> description() {
    return Optional.of(description);
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities capabilities = next.capabilities();
    return changedOnly == null ? capabilities : capabilities.withExtents(true);
  }

  /** An unchanged part is a hole; a changed one is data, even where it holds zeroes now. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (changedOnly == null) {
      next.extents(offset, length, flags, sink);
      return;
    }
    long end = offset + length;
    long at = offset;
    while (at < end) {
      long to = changedOnly.endOfRun(at, end);
      int type = changedOnly.contains(at) ? ExtentSink.DATA : ExtentSink.HOLE | ExtentSink.ZERO;
      if (!sink.add(at, to - at, type) || flags.has(Flags.REQ_ONE)) {
        return;
      }
      at = to;
    }
  }
}
