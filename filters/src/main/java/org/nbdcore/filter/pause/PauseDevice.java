package org.nbdcore.filter.pause;

import java.io.IOException;
import org.nbdcore.filter.common.EnclosedDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Session;

/**
 * Sends every request through the gate. It does not lend memory: what is lent is sent later, when
 * the disk below may be paused.
 */
final class PauseDevice extends EnclosedDevice {

  private final Gate gate;
  private final Session session;

  PauseDevice(BlockDevice next, Gate gate, Session session) {
    super(next);
    this.gate = gate;
    this.session = session;
  }

  @Override
  protected void enter() throws IOException {
    gate.enter(session);
  }

  @Override
  protected void leave() {
    gate.leave();
  }
}
