package org.nbdcore.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.Log;

/**
 * Collects log messages instead of showing them. A process has one {@link Log}, so tests that use
 * this class must not run at the same time. Messages may come from any thread.
 */
public final class CapturedLog implements AutoCloseable {

  private record Entry(Log.Level level, String name, String message) {}

  private record Collector(Log.Level lowest, List<Entry> entries) implements Log.Handler {

    @Override
    public boolean enabled(Log.Level level) {
      return level.compareTo(lowest) >= 0;
    }

    @Override
    public void log(Log.Level level, String name, String message, @Nullable Throwable failure) {
      entries.add(new Entry(level, name, message));
    }
  }

  private static final class Silence implements Log.Handler {

    @Override
    public boolean enabled(Log.Level level) {
      return false;
    }

    @Override
    public void log(Log.Level level, String name, String message, @Nullable Throwable failure) {}
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

  /** The messages, oldest first. */
  public List<String> messages() {
    return lines(Entry::message);
  }

  /** The messages with their levels, in the form {@code WARN message}. */
  public List<String> withLevels() {
    return lines(entry -> entry.level() + " " + entry.message());
  }

  /** The messages in the form {@code name: message}. The name is that of the plugin or filter. */
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

  /** Stops collecting. Later messages are dropped, unless a test installs another log. */
  @Override
  public void close() {
    silence();
  }
}
