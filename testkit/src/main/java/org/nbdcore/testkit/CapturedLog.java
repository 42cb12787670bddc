package org.nbdcore.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.nbdcore.spi.Log;

/**
 * Collects what is logged instead of showing it. A process has one {@link Log}: tests that look at
 * it must not run at the same time. Messages may come from any thread.
 */
public final class CapturedLog implements AutoCloseable {

  private record Entry(Log.Level level, String name, String message) {}

  private record Collector(Log.Level lowest, List<Entry> entries) implements Log.Backend {

    @Override
    public boolean enabled(Log.Level level) {
      return level.compareTo(lowest) >= 0;
    }

    @Override
    public void log(Log.Level level, String name, String message, Throwable failure) {
      entries.add(new Entry(level, name, message));
    }
  }

  private static final class Silence implements Log.Backend {

    @Override
    public boolean enabled(Log.Level level) {
      return false;
    }

    @Override
    public void log(Log.Level level, String name, String message, Throwable failure) {}
  }

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  private CapturedLog() {}

  /** Collects all messages from now on. */
  public static CapturedLog start() {
    return start(Log.Level.DEBUG);
  }

  /** Collects messages of this level and above from now on, and drops the others. */
  public static CapturedLog start(Log.Level lowest) {
    CapturedLog log = new CapturedLog();
    Log.install(new Collector(lowest, log.entries));
    return log;
  }

  /** The messages, the oldest first. */
  public List<String> messages() {
    return lines(Entry::message);
  }

  /** The same as {@code WARN message}. */
  public List<String> withLevels() {
    return lines(entry -> entry.level() + " " + entry.message());
  }

  /** The same as {@code name: message}. The name is that of the plugin or filter. */
  public List<String> withNames() {
    return lines(entry -> entry.name() + ": " + entry.message());
  }

  private List<String> lines(Function<Entry, String> form) {
    return entries.stream().map(form).toList();
  }

  /** Forgets the messages so far. */
  public void clear() {
    entries.clear();
  }

  /** Drops all messages from now on, unless a test installs another log. */
  public static void silence() {
    Log.install(new Silence());
  }

  /** Ends collecting. Later messages are dropped, unless a test installs another log. */
  @Override
  public void close() {
    silence();
  }
}
