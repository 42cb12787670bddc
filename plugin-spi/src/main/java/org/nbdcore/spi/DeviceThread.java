package org.nbdcore.spi;

/**
 * Creates threads that call devices. Native libraries expect the stack size of a C program. A
 * thread of Java has an eighth of that. A library that needs more terminates the process without a
 * message.
 */
public final class DeviceThread {

  /**
   * The stack size in bytes, that of a thread of a C program. Only the part in use takes memory.
   */
  public static final long STACK_SIZE = 8 << 20;

  private DeviceThread() {}

  /** Creates a thread. The caller starts it. */
  public static Thread of(Runnable task, String name) {
    return new Thread(null, task, name, STACK_SIZE);
  }
}
