package org.nbdcore.log;

/** Which connection a thread is working for, so that its log lines can say so. */
public final class ConnectionContext {

  /** What a log says about a connection. */
  public interface Label {

    /** The connection's number, counted from 1. */
    long number();

    /** The export that the client has named last; null before. */
    String exportName();
  }

  /** A cell for each thread, written in place: setting it costs no allocation. */
  private static final class Cell {
    private Label label; // null for none
  }

  private static final ThreadLocal<Cell> CELL = ThreadLocal.withInitial(Cell::new);

  private ConnectionContext() {}

  /** Says that the calling thread works for a connection from now on; null for none. */
  public static void set(Label connection) {
    CELL.get().label = connection;
  }

  /** Says that the calling thread works for no connection from now on. */
  public static void clear() {
    set(null);
  }

  /** A task for another thread, which then works for the calling thread's connection. */
  public static Runnable bound(Runnable task) {
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

  /** The connection that the calling thread works for; null for none. */
  public static Label label() {
    return CELL.get().label;
  }
}
