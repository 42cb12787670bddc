package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import org.nbdcore.spi.Session;

/** A session whose {@code sleep} runs an event instead of waiting. */
record SleepHookSession(Event event) implements Session {

  interface Event {
    void happen() throws Exception;
  }

  @Override
  public long number() {
    return 1;
  }

  @Override
  public Optional<SocketAddress> peer() {
    return Optional.empty();
  }

  @Override
  public boolean connected() {
    return true;
  }

  @Override
  public void sleep(long nanos) throws IOException {
    try {
      event.happen();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void disconnect(boolean force) {}

  @Override
  public void shutdownServer() {}
}
