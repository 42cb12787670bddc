package org.nbdcore.server;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Log;

/** Keeps what the server logs for a test to look at, rather than show it. */
public final class QuietLog implements Log.Handler {

  private static final int MOST = 1000;
  private static final QuietLog ONE = new QuietLog();

  private final List<String> lines = new ArrayList<>();

  private QuietLog() {}

  /** Sends all messages here, and forgets the earlier ones. */
  public static QuietLog install() {
    synchronized (ONE) {
      ONE.lines.clear();
    }
    Log.install(ONE);
    return ONE;
  }

  /** The messages at warning level and above. */
  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public boolean enabled(Log.Level level) {
    return level.compareTo(Log.Level.WARN) >= 0;
  }

  @Override
  public synchronized void log(Log.Level level, String name, String message, Throwable failure) {
    if (lines.size() < MOST) {
      lines.add(message);
    }
  }
}
