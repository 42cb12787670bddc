package org.nbdcore.metrics;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Log;

/**
 * The last warnings and errors of a log, for the status page. Thread-safe; the monitor guards every
 * field.
 */
public final class RecentMessages {

  private static final int KEPT = 50;
  private static final int LONGEST = 500;

  private final Deque<Message> messages = new ArrayDeque<>();
  private final Map<Log.Level, Long> counts = new EnumMap<>(Log.Level.class);

  RecentMessages() {}

  /** A message, its level, and when it was logged. */
  record Message(Instant time, Log.Level level, String text) {}

  /**
   * Adds a message. Ignores levels below {@link Log.Level#WARN}.
   *
   * @param text one line; it is shortened if it is long
   */
  public synchronized void add(Log.Level level, String text) {
    if (level.compareTo(Log.Level.WARN) < 0) {
      return;
    }
    counts.merge(level, 1L, Long::sum);
    if (messages.size() == KEPT) {
      messages.removeLast();
    }
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    messages.addFirst(new Message(Instant.now(), level, shown));
  }

  /** The messages, the newest first. */
  synchronized List<Message> newestFirst() {
    return List.copyOf(messages);
  }

  /** The number of messages of a level that were added. */
  synchronized long count(Log.Level level) {
    return counts.getOrDefault(level, 0L);
  }
}
