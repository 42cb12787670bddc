package org.nbdcore.filter.common;

import java.io.IOException;
import org.nbdcore.spi.Completion;

/**
 * A read or write that a filter had the next device begin, on its way back to whom the filter has
 * to tell: it does something when all is over, which is when the outcome has been checked.
 */
public abstract class Begun implements Completion, Completion.Outcome {

  private final Completion caller;
  private Outcome outcome; // set before the caller is told

  /** To be handed to the next device in place of {@code caller}. */
  protected Begun(Completion caller) {
    this.caller = caller;
  }

  @Override
  public final void ended(Outcome how) {
    outcome = how;
    caller.ended(this);
  }

  @Override
  public final void check() throws IOException {
    boolean succeeded = false;
    try {
      outcome.check();
      succeeded = true;
    } finally {
      over(succeeded);
    }
  }

  /** Called once, by a thread that may wait. */
  protected abstract void over(boolean succeeded);
}
