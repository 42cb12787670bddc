package org.nbdcore.filter.pause;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.CallGuard;

/**
 * Sends every request through the gate. It has no zero-copy reads: their bytes are sent later, when
 * the disk below may be paused.
 */
final class PauseDevice extends FilterBlockDevice implements AsyncBlockDevice {

  private final BlockDevice disk; // without the guard
  private final RequestGate gate;
  private final Session session;

  PauseDevice(BlockDevice disk, RequestGate gate, Session session) {
    super(BlockDevices.guarded(disk, new Guard(gate, session)));
    this.disk = disk;
    this.gate = gate;
    this.session = session;
  }

  private record Guard(RequestGate gate, Session session) implements CallGuard {
    @Override
    public void enter() throws IOException {
      gate.enter(session);
    }

    @Override
    public void exit() {
      gate.leave();
    }
  }

  @Override
  public boolean prefersAsync() {
    return BlockDevices.prefersAsync(disk);
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    if (!gate.enterNow()) {
      return false;
    }
    boolean accepted = false;
    try {
      accepted = BlockDevices.readAsync(disk, dst, offset, new Passing(completion));
    } finally {
      left(accepted);
    }
    return accepted;
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    if (!gate.enterNow()) {
      return false;
    }
    boolean accepted = false;
    try {
      accepted = BlockDevices.writeAsync(disk, src, offset, flags, new Passing(completion));
    } finally {
      left(accepted);
    }
    return accepted;
  }

  private void left(boolean accepted) {
    if (!accepted) {
      gate.leave();
    }
  }

  /**
   * An asynchronous request. It is inside until it has ended below, and again while its result is
   * asked for, as it may be repeated then. Between completion and result it does not count: the
   * thread that asks for the result may be blocked by another request that waits at the gate, and
   * the pause would then wait for both.
   */
  private final class Passing implements CompletionHandler, AsyncResult {
    private final CompletionHandler caller;
    private AsyncResult result; // set before the caller's completion is called

    Passing(CompletionHandler caller) {
      this.caller = caller;
    }

    @Override
    public void completed(AsyncResult how) {
      result = how;
      gate.leave();
      caller.completed(this);
    }

    @Override
    public void join() throws IOException {
      gate.enter(session);
      try {
        result.join();
      } finally {
        gate.leave();
      }
    }
  }
}
