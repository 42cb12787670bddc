package org.nbdcore.server.transmission;

import java.util.concurrent.CountDownLatch;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The thread of a receiver to come. Its thread starts before anything is moved from the blocked
 * receiver. If no thread can be started, the blocked receiver simply continues.
 */
final class StandbyReceiver implements Runnable {

  private final Transmission transmission;
  private final CountDownLatch told = new CountDownLatch(1);
  private Receiver receiver; // set before {@code told} is counted down

  StandbyReceiver(Transmission transmission) {
    this.transmission = transmission;
  }

  /** Runs this receiver, or nothing if it is null. */
  void serveAs(Receiver next) {
    receiver = next;
    told.countDown();
  }

  @Override
  public void run() {
    Uninterruptibles.await(told);
    if (receiver == null) {
      transmission.leave();
    } else {
      receiver.run();
    }
  }
}
