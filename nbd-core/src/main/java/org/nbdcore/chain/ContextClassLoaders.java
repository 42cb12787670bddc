package org.nbdcore.chain;

/**
 * Sets a third-party jar's class loader as the thread's context class loader during each call into
 * the jar. Libraries look up their services there, for example JDBC drivers.
 */
final class ContextClassLoaders {

  /** A call that may throw. */
  interface Call<T, E extends Exception> {
    T run() throws E;
  }

  /** A call that returns nothing and may throw. */
  interface Action<E extends Exception> {
    void run() throws E;
  }

  private final ClassLoader loader;

  ContextClassLoaders(ClassLoader loader) {
    this.loader = loader;
  }

  /** Makes the call. */
  <T, E extends Exception> T during(Call<T, E> call) throws E {
    ClassLoader before = enter();
    try {
      return call.run();
    } finally {
      leave(before);
    }
  }

  /** Makes the call. */
  <E extends Exception> void run(Action<E> call) throws E {
    ClassLoader before = enter();
    try {
      call.run();
    } finally {
      leave(before);
    }
  }

  /** Begins a call; the result is for {@link #leave}. For calls that must not allocate. */
  ClassLoader enter() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    return before;
  }

  void leave(ClassLoader before) {
    Thread.currentThread().setContextClassLoader(before);
  }
}
