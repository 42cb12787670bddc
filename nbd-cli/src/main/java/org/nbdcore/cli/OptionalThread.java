package org.nbdcore.cli;

import java.util.concurrent.ThreadFactory;
import org.nbdcore.spi.helpers.SpareThread;

/** A daemon thread that the server does not depend on. */
final class OptionalThread {

  private OptionalThread() {}

  /** Starts the thread; does nothing if the system has no thread for it, or only the last one. */
  static void start(String name, Runnable work) {
    start(
        runnable -> {
          Thread thread = new Thread(runnable, name);
          thread.setDaemon(true);
          return thread;
        },
        work);
  }

  static void start(ThreadFactory factory, Runnable work) {
    try {
      SpareThread.startUnlessLast(factory.newThread(work));
    } catch (OutOfMemoryError e) {
      // no thread can be started: serving is more important
    }
  }
}
