package org.nbdcore.filter.common;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;

/** A device that offers something else than the next one, and otherwise does what that one does. */
public class CapabilityDevice extends FilterBlockDevice {

  private final UnaryOperator<Capabilities> change;

  /** Wraps {@code next}; {@code change} is applied to what it can do. */
  public CapabilityDevice(BlockDevice next, UnaryOperator<Capabilities> change) {
    super(next);
    this.change = change;
  }

  @Override
  public final Capabilities capabilities() throws IOException {
    return change.apply(next.capabilities());
  }
}
