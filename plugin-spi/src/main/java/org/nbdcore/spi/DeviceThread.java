package org.nbdcore.spi;

/**
 * Makes threads that call devices. Native libraries expect the stack size of C programs. A thread
 * of Java has an eighth of that, and a library that uses more terminates the process without a
 * message.
 */
public final class DeviceThread {

  /** Bytes of stack, as much as a thread of a C program has. Only what is used takes memory. */
  public static final long STACK_SIZE = 8 << 20;

  private DeviceThread() {}

  /** A thread that is not started yet. */
  public static Thread of(Runnable task, String name) {
    return new Thread(null, task, name, STACK_SIZE);
  }
}
