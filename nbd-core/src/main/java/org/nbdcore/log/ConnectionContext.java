package org.nbdcore.log;

/** Records which connection a thread serves, for its log messages. */
public final class ConnectionContext {

  /** The description of a connection in log messages. */
  public interface Label {

    /** The connection's number, counted from 1. */
    long number();

    /** The export that the client has named last; null if it has named none. */
    String exportName();
  }

  /** One mutable cell per thread, so that setting it does not allocate. */
  private static final class Cell {
    private Label label; // null for none
  }

  private static final ThreadLocal<Cell> CELL = ThreadLocal.withInitial(Cell::new);

  private ConnectionContext() {}

  /** Sets the connection that the calling thread serves from now on; null for none. */
  public static void set(Label connection) {
    CELL.get().label = connection;
  }

  /** Records that the calling thread serves no connection from now on. */
  public static void clear() {
    set(null);
  }

  /**
   * Wraps a task for another thread. While it runs, that thread serves the connection of the
   * calling thread.
   */
  public static Runnable wrap(Runnable task) {
    Label label = label();
    return label == null
        ? task
        : () -> {
          Label before = label();
          set(label);
          try {
            task.run();
          } finally {
            set(before);
          }
        };
  }

  /** The connection that the calling thread serves; null for none. */
  public static Label label() {
    return CELL.get().label;
  }
}
