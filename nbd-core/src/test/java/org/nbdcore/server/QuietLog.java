package org.nbdcore.server;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Log;

/** Collects the server's log messages for tests, instead of printing them. */
public final class QuietLog implements Log.Handler {

  private static final int MAX_LINES = 1000;
  private static final QuietLog INSTANCE = new QuietLog();

  private final List<String> lines = new ArrayList<>();

  private QuietLog() {}

  /** Sends all messages here, and forgets the earlier ones. */
  public static QuietLog install() {
    synchronized (INSTANCE) {
      INSTANCE.lines.clear();
    }
    Log.install(INSTANCE);
    return INSTANCE;
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
    if (lines.size() < MAX_LINES) {
      lines.add(message);
    }
  }
}
