package org.nbdcore.filter.pause;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.EnclosedDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.Session;

/**
 * Sends every request through the gate. It does not lend memory: what is lent is sent later, when
 * the disk below may be paused.
 */
final class PauseDevice extends EnclosedDevice {

  private final RequestGate gate;
  private final Session session;

  PauseDevice(BlockDevice next, RequestGate gate, Session session) {
    super(next);
    this.gate = gate;
    this.session = session;
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    if (!gate.enterNow()) {
      return false;
    }
    boolean begun = false;
    try {
      begun = next.beginRead(dst, offset, new Passing(completion));
    } finally {
      left(begun);
    }
    return begun;
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    if (!gate.enterNow()) {
      return false;
    }
    boolean begun = false;
    try {
      begun = next.beginWrite(src, offset, flags, new Passing(completion));
    } finally {
      left(begun);
    }
    return begun;
  }

  private void left(boolean begun) {
    if (!begun) {
      gate.leave();
    }
  }

  /**
   * A request that goes on by itself. It is inside until it has ended below, and again while its
   * outcome is asked for, as it may be repeated then. In between it is not: who asks may be held up
   * by another request that waits at the gate, and the pause would wait for both.
   */
  private final class Passing implements Completion, Completion.Outcome {
    private final Completion caller;
    private Outcome outcome; // set before the caller is told

    Passing(Completion caller) {
      this.caller = caller;
    }

    @Override
    public void ended(Outcome how) {
      outcome = how;
      gate.leave();
      caller.ended(this);
    }

    @Override
    public void check() throws IOException {
      enter();
      try {
        outcome.check();
      } finally {
        leave();
      }
    }
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
