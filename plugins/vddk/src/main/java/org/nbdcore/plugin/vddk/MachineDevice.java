package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;

/** A disk with information from the vSphere API: a description, and the changed areas. */
final class MachineDevice extends PassThroughDevice {

  private final String description;

  /** The meta context of the parts that have changed. */
  static final String CHANGED = "vddk:changed";

  /** The status of a changed part in that context; 0 for the others. */
  private static final int IS_CHANGED = 1;

  /** The changed areas; null if they are unknown. */
  private final ChangedAreas changed;

  /** The areas to report as data; null to report the disk's own extents. */
  private final ChangedAreas changedOnly;

  /**
   * Wraps a disk.
   *
   * @param changed null if the user did not request the changes
   * @param changedOnly whether to report only changed areas as data
   */
  MachineDevice(BlockDevice next, String description, ChangedAreas changed, boolean changedOnly) {
    super(next);
    this.description = description;
    this.changed = changed;
    this.changedOnly = changedOnly ? changed : null;
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

  /**
   * Reports unchanged parts as holes, and changed parts as data, even if they now contain zeroes.
   */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (changedOnly == null) {
      next.extents(offset, length, flags, sink);
      return;
    }
    report(offset, length, flags, sink, ExtentSink.DATA, ExtentSink.HOLE | ExtentSink.ZERO);
  }

  @Override
  public List<String> metaContexts() {
    return changed == null ? List.of() : List.of(CHANGED);
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (changed == null || !context.equals(CHANGED)) {
      throw new NbdException(NbdError.EINVAL, "the disk has no meta context " + context);
    }
    report(offset, length, flags, sink, IS_CHANGED, 0);
  }

  private void report(
      long offset, long length, Flags flags, ExtentSink sink, int ifChanged, int otherwise) {
    long end = offset + length;
    long at = offset;
    while (at < end) {
      long to = changed.endOfRun(at, end);
      if (!sink.add(at, to - at, changed.contains(at) ? ifChanged : otherwise)
          || flags.has(Flags.REQ_ONE)) {
        return;
      }
      at = to;
    }
  }
}
