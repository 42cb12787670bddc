package org.nbdcore.server.transmission;

import java.util.concurrent.CountDownLatch;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The thread of the next receiver. It starts before anything is moved from the blocked receiver, so
 * if no thread can be started, the blocked receiver simply continues.
 */
final class StandbyReceiver implements Runnable {

  private final Transmission transmission;
  private final CountDownLatch assigned = new CountDownLatch(1);
  private Receiver receiver; // set before {@code assigned} is counted down

  StandbyReceiver(Transmission transmission) {
    this.transmission = transmission;
  }

  /** Starts this receiver, or ends the thread if it is null. */
  void serveAs(Receiver next) {
    receiver = next;
    assigned.countDown();
  }

  @Override
  public void run() {
    Uninterruptibles.await(assigned);
    if (receiver == null) {
      transmission.leave();
    } else {
      receiver.run();
    }
  }
}
