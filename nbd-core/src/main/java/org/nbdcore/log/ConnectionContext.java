package org.nbdcore.log;

/** Which connection a thread is working for, so that its log lines can say so. */
public final class ConnectionContext {

  /** A cell for each thread, written in place: setting it costs no allocation. */
  private static final ThreadLocal<long[]> NUMBER = ThreadLocal.withInitial(() -> new long[1]);

  private ConnectionContext() {}

  /**
   * Says that the calling thread works for a connection from now on.
   *
   * @param number of the connection, counted from 1
   */
  public static void set(long number) {
    NUMBER.get()[0] = number;
  }

  /** Says that the calling thread works for no connection from now on. */
  public static void clear() {
    NUMBER.get()[0] = 0;
  }

  /** A task for another thread, which then works for the calling thread's connection. */
  public static Runnable bound(Runnable task) {
    long number = number();
    return number == 0
        ? task
        : () -> {
          long before = number();
          set(number);
          try {
            task.run();
          } finally {
            set(before);
          }
        };
  }

  /** The connection that the calling thread works for; 0 for none. */
  public static long number() {
    return NUMBER.get()[0];
  }
}
