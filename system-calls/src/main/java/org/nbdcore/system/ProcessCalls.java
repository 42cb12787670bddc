package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * System calls for this process and its children. Calls that do not throw return -1 on failure;
 * {@link ErrorText#last} then returns the reason. Loading this class loads JNA.
 */
public final class ProcessCalls {

  /** The signal of Ctrl+C. */
  public static final int SIGINT = 2;

  /** The signal that asks a process to terminate. */
  public static final int SIGTERM = 15;

  /** For {@link #open}: for reading and writing. */
  public static final int O_RDWR = 2;

  /** For {@link #fcntl}: set the flags of the descriptor. */
  public static final int F_SETFD = 2;

  /** For {@link #F_SETFD}: child processes do not inherit the descriptor. */
  public static final int FD_CLOEXEC = 1;

  /** For {@link #clock_gettime}: a clock that is never adjusted. */
  public static final int CLOCK_MONOTONIC = 1;

  /** For {@link #prctl}: the signal to receive when the parent ends. */
  public static final int PR_SET_PDEATHSIG = 1;

  static {
    Native.register(ProcessCalls.class, NativeLibrary.getProcess());
  }

  private ProcessCalls() {}

  /** Starts a new session. */
  public static native int setsid();

  /** Opens a file. */
  public static native int open(String path, int flags);

  /** Copies a descriptor to a number. */
  public static native int dup2(int from, int to);

  /** Closes a descriptor. */
  public static native int close(int descriptor);

  /** Writes bytes. The length is a {@code size_t}; lengths in use fit into 32 bits too. */
  public static native long write(int descriptor, byte[] bytes, long length);

  /** Sets the handler of a signal; null means SIG_DFL. */
  public static native Pointer signal(int number, Pointer handler);

  /** Changes a property of the process. */
  public static native int prctl(int option, long argument);

  /** The number of the process that started this one. */
  public static native int getppid();

  /** Reads a clock into {seconds, nanoseconds}. */
  public static native int clock_gettime(int clock, long[] time);

  /** Changes a property of a descriptor. */
  public static native int fcntl(int descriptor, int command, int argument);

  /** Creates a file in memory, which is freed with its last descriptor. */
  public static native int memfd_create(String name, int flags);

  /** Sets a variable of the C library's environment. */
  public static native int setenv(String name, String value, int overwrite);

  /** Locks all memory of the process, so that it is never swapped out. */
  public static native int mlockall(int flags);

  /** Sets a resource limit. {@code limits} contains the soft and the hard limit. */
  public static native int setrlimit(int resource, long[] limits);

  /**
   * Replaces the program of this process. {@code arguments} is an array of C strings that ends with
   * a null pointer.
   */
  public static native int execv(String path, Pointer arguments);

  /** The number of this process. */
  public static native int getpid();

  /**
   * Starts a child process. Returns 0 or an error number. {@code arguments} and {@code environment}
   * end with null pointers.
   */
  public static native int posix_spawn(
      int[] pid,
      String path,
      Pointer actions,
      Pointer attributes,
      Pointer arguments,
      Pointer environment);

  /** Creates an empty list of actions that a child executes before its program starts. */
  public static native int posix_spawn_file_actions_init(Pointer actions);

  /** Adds a {@code dup2}. */
  public static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  /** Adds a {@code close}. */
  public static native int posix_spawn_file_actions_addclose(Pointer actions, int descriptor);

  /**
   * Adds a {@code close} of every descriptor from {@code first} on. Returns false if the C library
   * lacks this function, as musl and old versions of glibc do.
   */
  public static boolean addCloseFrom(Pointer actions, int first) {
    try {
      NativeLibrary.getProcess()
          .getFunction("posix_spawn_file_actions_addclosefrom_np")
          .invokeInt(new Object[] {actions, first});
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Frees the list. */
  public static native int posix_spawn_file_actions_destroy(Pointer actions);

  /** Queries or waits for a child that has ended. */
  public static native int waitpid(int pid, int[] status, int options) throws LastErrorException;
}
