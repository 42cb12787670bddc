package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a channel if an operation takes too long, because blocking channels have no timeout. */
final class ChannelWatchdog implements AutoCloseable {

  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean passed;

  /** Starts the clock; 0 means no limit. */
  ChannelWatchdog(Channel channel, long millis) {
    if (millis > 0) {
      Thread watch =
          new Thread("nbd-client deadline") {
            @Override
            public void run() {
              watch(channel, millis);
            }
          };
      watch.setDaemon(true);
      watch.start();
    }
  }

  private void watch(Closeable channel, long millis) {
    try {
      if (!done.await(millis, TimeUnit.MILLISECONDS)) {
        passed = true;
        channel.close();
      }
    } catch (InterruptedException | IOException e) {
      // Ends the time limit.
    }
  }

  boolean passed() {
    return passed;
  }

  @Override
  public void close() {
    done.countDown();
  }
}
