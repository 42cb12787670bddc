package org.nbdcore.server.transmission;

import java.util.concurrent.CountDownLatch;

/**
 * The thread of a receiver to come. It is made before anything is taken from the receiver that is
 * held up, which goes on as it is if there is no thread.
 */
final class StandbyReceiver implements Runnable {

  private final Transmission transmission;
  private final CountDownLatch told = new CountDownLatch(1);
  private Receiver receiver; // set before told

  StandbyReceiver(Transmission transmission) {
    this.transmission = transmission;
  }

  /** Serves as this receiver; as nobody if it is null. */
  void serveAs(Receiver next) {
    receiver = next;
    told.countDown();
  }

  @Override
  public void run() {
    boolean interrupted = false;
    while (true) {
      try {
        told.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (receiver == null) {
      transmission.leave();
    } else {
      receiver.run();
    }
  }
}
